import { createHash } from 'node:crypto';
import { addressKey, type Backoff, type FailureLimiter } from '@artdag/rate-limit';
import { AppError } from '@artdag/service-kit';
import type { Device } from '../cookies/device-cookie.ts';

/** Whose password is tried, whence. */
export interface Guess {
  ip: string;
  /** The account, if the name is somebody's. */
  actorId: string | null;
  /** The name as it was given, lower-cased. */
  login: string;
  device: Device | null;
}

/** One try, charged before its hash is computed; it ends in one of these. */
export interface PasswordTry {
  right(): Promise<void>;
  wrong(): Promise<void>;
  /** Neither was found out. */
  undecided(): Promise<void>;
}

export interface PasswordTries {
  /** @throws AppError 429 `too_many_failures` (this address), 429 `too_many_attempts` (this account) */
  begin(guess: Guess): Promise<PasswordTry>;
}

/**
 * Slows guessing down, per address and per account (credentials.md §6). A browser in which the owner has logged in before counts by
 * itself, so that nobody who guesses without pause keeps the owner out. As tries are charged before they get to the gate of the
 * hashes, one account never has more than ten there at once.
 */
export function createPasswordTries(o: { failures: FailureLimiter; backoff: Backoff }): PasswordTries {
  const { failures, backoff } = o;
  return {
    async begin(guess) {
      const address = addressKey(guess.ip);
      await failures.check(address);
      const key = accountKey(guess);
      const attempt = await backoff.attempt(key);
      if (!attempt.allowed) throw tooManyAttempts(attempt.retryAfterSeconds);
      return {
        right: async () => void (await Promise.all([backoff.succeed(key), failures.succeed(address)])),
        wrong: () => failures.fail(address),
        undecided: () => backoff.giveBack(key),
      };
    },
  };
}

/** A name of nobody's is counted too, or the 429 would tell which names are somebody's. */
function accountKey({ actorId, login, device }: Guess): string {
  if (actorId === null) return `login:${createHash('sha256').update(login).digest('hex')}`;
  return device?.actorId === actorId ? `${actorId}:device:${device.deviceId}` : actorId;
}

function tooManyAttempts(retryAfterSeconds: number): AppError {
  const message = `Too many attempts on this account; try again in ${retryAfterSeconds} s.`;
  return new AppError('too_many_attempts', 429, message, { headers: { 'retry-after': String(retryAfterSeconds) } });
}
