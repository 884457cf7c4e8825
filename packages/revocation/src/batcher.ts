export interface Batcher<T> {
  /** Resolves with what the batch gave that contains `ids`. It begins after this call, never before. */
  add(ids: readonly string[]): Promise<T>;
}

interface Batch<T> {
  ids: Set<string>;
  result: Promise<T>;
}

export interface BatcherOptions<T> {
  run: (ids: string[]) => Promise<T>;
  /** Ids in a batch, more or less: a call is never split, and an empty batch takes any. */
  maxIds: number;
  /** How many run at a time; later ones gather meanwhile. Infinity: one begins at the end of every turn of the event loop. */
  maxRunning: number;
}

/** Asks once for what many want to know in the same turn of the event loop. */
export function createBatcher<T>(o: BatcherOptions<T>): Batcher<T> {
  const waiting: { ids: ReadonlySet<string>; begin: () => void }[] = [];
  /** The one that still gathers. */
  let last: Batch<T> | undefined;
  let running = 0;

  function beginNext(): void {
    while (running < o.maxRunning) {
      const next = waiting.shift();
      if (next === undefined) return;
      if (last?.ids === next.ids) last = undefined;
      running += 1;
      next.begin();
    }
  }

  function open(): Batch<T> {
    const ids = new Set<string>();
    const result = new Promise<T>((resolve, reject) => {
      const begin = () =>
        void o
          .run([...ids])
          .then(resolve, reject)
          .finally(() => {
            running -= 1;
            beginNext();
          });
      waiting.push({ ids, begin });
    });
    const batch = { ids, result };
    last = batch;
    // After everything else of this turn, so that it may join.
    setImmediate(beginNext);
    return batch;
  }

  return {
    add(ids) {
      const batch = last !== undefined && last.ids.size + ids.length <= o.maxIds ? last : open();
      for (const id of ids) batch.ids.add(id);
      return batch.result;
    },
  };
}
