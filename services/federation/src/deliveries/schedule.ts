import { jitter } from '@artdag/service-kit';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Pauses before the repeats of a failed delivery (art-dag-l2.md §8.9). */
export const RETRY_DELAYS_MS: readonly number[] = [MINUTE, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 12 * HOUR, 24 * HOUR];

/** When to try again after so many failed attempts, the last one included; undefined when it has been tried often enough. */
export function nextAttemptAt(failures: number, now: Date, delaysMs = RETRY_DELAYS_MS): Date | undefined {
  const delayMs = delaysMs[failures - 1];
  return delayMs === undefined ? undefined : new Date(now.getTime() + jitter(delayMs));
}
