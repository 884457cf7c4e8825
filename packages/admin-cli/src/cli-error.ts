/** What went wrong and what to do, in one sentence; printed without a stack. */
export class CliError extends Error {
  override readonly name = 'CliError';
  /** The code that a service answered. */
  readonly code: string | undefined;

  constructor(message: string, code?: string) {
    super(message);
    this.code = code;
  }
}
