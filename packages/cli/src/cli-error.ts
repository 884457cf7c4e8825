/** What went wrong and what to do, in one line; printed without a stack. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly exitCode: number;
  /** For programs: the server's reason where it has refused, `failed` where nothing more exact is known. */
  readonly code: string;

  constructor(message: string, exitCode = 1, code = exitCode === interruptedCode ? 'interrupted' : 'failed') {
    super(message);
    this.exitCode = exitCode;
    this.code = code;
  }
}

/** 128 and the number of SIGINT, as shells have it. */
const interruptedCode = 130;

/** The server has refused. */
export class ApiError extends CliError {
  readonly status: number;

  /** @param code the server's machine-readable reason; undefined where it gave none */
  constructor(status: number, code: string | undefined, message: string, exitCode: number) {
    super(message, exitCode, code ?? 'refused');
    this.status = status;
  }

  /** The same refusal, in words that say what to do about it. */
  inWords(message: string, exitCode = this.exitCode): ApiError {
    return new ApiError(this.status, this.code, message, exitCode);
  }
}
