/** Items added while a flush is under way are flushed together by the next one. */
export interface Batcher<T> {
  /** Resolves, or rejects, with the flush that the item was part of. */
  add(item: T): Promise<void>;
}

/** Turns many small writes into few larger ones without making a lone one wait. */
export function createBatcher<T>(flush: (items: readonly T[]) => Promise<void>, maxItems: number): Batcher<T> {
  let waiting: { item: T; resolve: () => void; reject: (error: unknown) => void }[] = [];
  let running = false;

  const run = async (): Promise<void> => {
    running = true;
    while (waiting.length > 0) {
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
