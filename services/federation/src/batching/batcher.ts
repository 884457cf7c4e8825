import { sleep } from '@artdag/service-kit';

/** Items added while a flush is under way, or soon after it began, are flushed together by the next one. */
export interface Batcher<T> {
  /** Resolves, or rejects, with the flush that the item was part of. */
  add(item: T): Promise<void>;
}

export interface BatcherOptions {
  maxItems: number;
  /** Under load a flush begins at most this often, unless it is full, so that there are few (default 0). */
  everyMs?: number;
}

/** Turns many small writes into few larger ones without making a lone one wait. */
export function createBatcher<T>(flush: (items: readonly T[]) => Promise<void>, o: BatcherOptions): Batcher<T> {
  const { maxItems, everyMs = 0 } = o;
  let waiting: { item: T; resolve: () => void; reject: (error: unknown) => void }[] = [];
  let running = false;
  let begunAt = -Infinity;

  const run = async (): Promise<void> => {
    running = true;
    while (waiting.length > 0) {
      const pauseMs = begunAt + everyMs - performance.now();
      if (pauseMs > 0 && waiting.length < maxItems) await sleep(pauseMs);
      begunAt = performance.now();
      const batch = waiting.slice(0, maxItems);
      waiting = waiting.slice(maxItems);
      try {
        await flush(batch.map(({ item }) => item));
        for (const { resolve } of batch) resolve();
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    running = false;
  };

  return {
    add: (item) =>
      new Promise((resolve, reject) => {
        waiting.push({ item, resolve, reject });
        if (!running) void run();
      }),
  };
}
