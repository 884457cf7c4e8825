import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Calls `attempt` until it neither throws nor gives `false`, and resolves to what it gave. After `timeoutMs` (default
 * 60,000, as machines are busy at times) rejects with its last error.
 */
export async function eventually<T>(
  attempt: () => T | Promise<T>,
  o: { timeoutMs?: number; everyMs?: number } = {},
): Promise<T> {
  const { timeoutMs = 60_000, everyMs = 25 } = o;
  const end = performance.now() + timeoutMs;
  for (;;) {
    const outcome = await tryOnce(attempt);
    if ('value' in outcome) return outcome.value;
    if (performance.now() >= end) {
      throw new Error(`still not so after ${timeoutMs} ms: ${String(outcome.error)}`, { cause: outcome.error });
    }
    await sleep(everyMs);
  }
}

async function tryOnce<T>(attempt: () => T | Promise<T>): Promise<{ value: T } | { error: unknown }> {
  try {
    const value = await attempt();
    return value === false ? { error: 'the condition is false' } : { value };
  } catch (error) {
    return { error };
  }
}
