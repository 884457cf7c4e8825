import { setTimeout as sleep } from 'node:timers/promises';

/** For what is looked at before it expires: a busy machine may look too late, and then does it all again. */
export const briefMs = 500;

/** Waits for something that another connection brings about; fails after ten seconds. */
export async function eventually<T>(check: () => T | Promise<T>, withinMs = 10_000): Promise<T> {
  const end = performance.now() + withinMs;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (performance.now() > end) throw error;
    }
    await sleep(10);
  }
}
