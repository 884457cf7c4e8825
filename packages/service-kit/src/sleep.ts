import { setTimeout as delay } from 'node:timers/promises';

/** Resolves after `ms` milliseconds, or at once (without an error) when `signal` aborts. */
export async function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  try {
    await delay(ms, undefined, signal === undefined ? {} : { signal });
  } catch (error) {
    if (!signal?.aborted) throw error;
  }
}

/** `ms` give or take a quarter, so that replicas that failed together do not come back together. */
export function jitter(ms: number): number {
  return Math.round(ms * (0.75 + Math.random() * 0.5));
}
