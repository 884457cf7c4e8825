import type { FailureLimiter } from '@artdag/rate-limit';

/** The failure limiter, asked at every signed request (public-key-auth.md §5). */
export interface Failures {
  /**
   * How many failures in a row there were. Questions about one address at the same time are one question.
   * @throws AppError 429 `too_many_failures`
   */
  check(key: string): Promise<number>;
  fail(key: string): Promise<void>;
  succeed(key: string): Promise<void>;
}

export function createFailures(limiter: FailureLimiter): Failures {
  const asking = new Map<string, Promise<number>>();
  return {
    check(key) {
      const current = asking.get(key);
      if (current !== undefined) return current;
      const question = limiter.check(key).finally(() => asking.delete(key));
      asking.set(key, question);
      return question;
    },
    fail: (key) => limiter.fail(key),
    succeed: (key) => limiter.succeed(key),
  };
}
