import { jitter } from '@artdag/service-kit';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Pauses before the repeats of a failed call (art-dag-l2.md §9). */
export const RETRY_DELAYS_MS: readonly number[] = [10_000, MINUTE, 10 * MINUTE, HOUR, 6 * HOUR, 24 * HOUR];

/** When to try again after so many failed attempts, the last one included; undefined when it has been tried often enough. */
export function nextAttemptAt(failures: number, now: Date, delaysMs = RETRY_DELAYS_MS): Date | undefined {
  const delayMs = delaysMs[failures - 1];
  return delayMs === undefined ? undefined : new Date(now.getTime() + jitter(delayMs));
}
