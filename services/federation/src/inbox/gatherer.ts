import { sleep } from '@artdag/service-kit';

/** Items that are added within a moment of each other are flushed together. */
export interface Gatherer<T> {
  /** Resolves with the flush that the item was part of. */
  add(item: T): Promise<void>;
}

/** `everyMs`: under load a flush begins at most this often, so that there are few. A lone item does not wait. `flush` must not reject. */
export function createGatherer<T>(
  flush: (items: readonly T[]) => Promise<void>,
  o: { maxItems: number; everyMs: number },
): Gatherer<T> {
  let waiting: { item: T; resolve: () => void }[] = [];
  let running = false;
  let begunAt = -Infinity;

  const run = async (): Promise<void> => {
    running = true;
    while (waiting.length > 0) {
      const pauseMs = begunAt + o.everyMs - performance.now();
      if (pauseMs > 0 && waiting.length < o.maxItems) await sleep(pauseMs);
      begunAt = performance.now();
      const batch = waiting.slice(0, o.maxItems);
      waiting = waiting.slice(o.maxItems);
      await flush(batch.map(({ item }) => item));
      for (const { resolve } of batch) resolve();
    }
    running = false;
  };

  return {
    add: (item) =>
      new Promise((resolve) => {
        waiting.push({ item, resolve });
        if (!running) void run();
      }),
  };
}
