import { AppError } from '@artdag/service-kit';

export function targetInvalid(): AppError {
  const message = 'Name whom you mean as user@host, or by the URL of an actor.';
  return new AppError('target_invalid', 422, message);
}

export function targetNotFound(): AppError {
  return new AppError('target_not_found', 404, 'There is nobody of that name.');
}

/** The other server's failure is not ours, so it is no 5xx. */
export function targetUnreachable(reason: string, cause?: unknown): AppError {
  const message = `The target could not be reached: ${reason}. Check how it is written, or try again later.`;
  return new AppError('target_unreachable', 422, message, { cause });
}

export function targetBlocked(): AppError {
  return new AppError('host_blocked', 403, 'Its host is blocked here.');
}
