import { AppError } from '@artdag/service-kit';

/** Lets changes of one asset follow one another. */
export interface Turns {
  /**
   * Makes a change once all earlier ones of that asset here are through. One that another replica's overtook is repeated, from looking at the
   * asset again, until it is stored: each time somebody got on, so of many at once all come through.
   *
   * @param attempt gives undefined when it was overtaken
   * @throws AppError 409 `edit_conflict` after five seconds, or what an attempt throws
   */
  take<T>(name: string, attempt: () => Promise<T | undefined>): Promise<T>;
}

const patienceMs = 5_000;

/**
 * Changes of one process wait here and not in the database, where each would hold a connection, and be signed again whenever another got on.
 */
export function createTurns(now: () => Date): Turns {
  const last = new Map<string, Promise<unknown>>();
  return {
    async take(name, attempt) {
      const deadline = now().getTime() + patienceMs;
      const before = last.get(name) ?? Promise.resolve();
      const turn = before.then(() => untilStored(() => now().getTime() > deadline, attempt));
      const over = turn.catch(() => undefined);
      last.set(name, over);
      void over.then(() => {
        if (last.get(name) === over) last.delete(name);
      });
      return await turn;
    },
  };
}

async function untilStored<T>(isLate: () => boolean, attempt: () => Promise<T | undefined>): Promise<T> {
  while (!isLate()) {
    const result = await attempt();
    if (result !== undefined) return result;
  }
  const headers = { 'retry-after': '1' };
  throw new AppError('edit_conflict', 409, 'Others are changing this asset at the moment; try again.', { headers });
}
