/** What went wrong and what to do, in one sentence; printed without a stack. */
export class CliError extends Error {
  override readonly name = 'CliError';
}
