/** Bytes of a log that do not have the form that its standard demands, or a signature that does not hold. Its message may be shown. */
export class LogDataError extends Error {
  override readonly name = 'LogDataError';
}
