/** What went wrong and what to do, in one line; printed without a stack. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly exitCode: number;

  constructor(message: string, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** The server has refused. */
export class ApiError extends CliError {
  readonly status: number;

  constructor(status: number, message: string, exitCode: number) {
    super(message, exitCode);
    this.status = status;
  }
}
