import { AppError } from '@artdag/service-kit';

/** 429 for somebody who has failed too often (public-key-auth.md §5). */
export function tooManyFailures(retryAfterSeconds: number): AppError {
  return new AppError('too_many_failures', 429, `Too many failed attempts; try again in ${retryAfterSeconds} s.`, {
    headers: { 'retry-after': String(retryAfterSeconds) },
  });
}
