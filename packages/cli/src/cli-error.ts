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
  /** The server's machine-readable reason; undefined where it gave none. */
  readonly code: string | undefined;

  constructor(status: number, code: string | undefined, message: string, exitCode: number) {
    super(message, exitCode);
    this.status = status;
    this.code = code;
  }
}
