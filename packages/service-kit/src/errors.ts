export interface AppErrorOptions {
  /** Sent with the answer, e.g. `{ 'retry-after': '5' }`. */
  headers?: Record<string, string>;
  /** Replaces the message as the `detail` of the answer (validation failures send an array). */
  detail?: unknown;
  /** Further members of the answer's body. */
  members?: Record<string, unknown>;
  /** What really happened; logged for statuses from 500, never sent. */
  cause?: unknown;
}

/**
 * A failure that the caller may know about. The HTTP layer answers it as
 * `{ detail: message, code, request_id }` with `status`.
 *
 * `code` is snake_case and stable: clients branch on it, `message` is for people.
 */
export class AppError extends Error {
  readonly code: string;
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly detail: unknown;
  readonly members: Readonly<Record<string, unknown>>;

  constructor(code: string, status: number, message: string, options: AppErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.status = status;
    this.headers = options.headers ?? {};
    this.detail = options.detail;
    this.members = options.members ?? {};
  }
}

/** What somebody has to change before the process can start: one sentence per problem, each naming its variable. */
export class ConfigError extends Error {
  readonly problems: string[];

  constructor(problems: string[]) {
    super(problems.join('; '));
    this.name = 'ConfigError';
    this.problems = problems;
  }
}
