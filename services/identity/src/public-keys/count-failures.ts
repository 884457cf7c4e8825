import type { FailureLimiter } from '@artdag/rate-limit';
import { AppError } from '@artdag/service-kit';

/** Refusals that say that a proof was none; others are about what was asked for. */
const failedProofs: ReadonlySet<string> = new Set([
  ...['challenge_invalid', 'bad_encoding', 'bad_key_size', 'weak_key'],
  ...['fingerprint_mismatch', 'bad_signature', 'key_revoked'],
]);

/**
 * Does work that begins with a proof, for an address that has not failed too often (public-key-auth.md §5), and counts how it went.
 *
 * @param address an address key
 * @throws AppError 429 `too_many_failures`
 */
export async function countFailures<T>(
  deps: { failures: FailureLimiter },
  address: string,
  work: () => Promise<T>,
): Promise<T> {
  await deps.failures.check(address);
  try {
    const result = await work();
    await deps.failures.succeed(address);
    return result;
  } catch (error) {
    if (error instanceof AppError && failedProofs.has(error.code)) await deps.failures.fail(address);
    throw error;
  }
}
