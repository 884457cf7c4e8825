import type { FailureLimiter } from '@artdag/rate-limit';

/** The failure limiter, asked at every signed request (public-key-auth.md §5). */
export interface Failures {
  /**
   * How many wrong signatures in a row there were. Questions about one address at the same time are one question.
   * @throws AppError 429 `too_many_failures`, also where an address is blocked for guessing passwords
   */
  check(key: string): Promise<number>;
  fail(key: string): Promise<void>;
  succeed(key: string): Promise<void>;
}

/**
 * @param shared counts what is guessed elsewhere: it is looked at and left alone, since anybody can make a key, and a signature by it says nothing
 *   for whoever guesses passwords
 */
export function createFailures(own: FailureLimiter, shared: FailureLimiter): Failures {
  const asking = new Map<string, Promise<number>>();
  const ask = async (key: string): Promise<number> => {
    const [failures] = await Promise.all([own.check(key), shared.check(key)]);
    return failures;
  };
  return {
    check(key) {
      const current = asking.get(key);
      if (current !== undefined) return current;
      const question = ask(key).finally(() => asking.delete(key));
      asking.set(key, question);
      return question;
    },
    fail: (key) => own.fail(key),
    succeed: (key) => own.succeed(key),
  };
}
