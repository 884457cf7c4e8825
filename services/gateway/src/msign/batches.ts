export interface BatchesOptions<T, R> {
  /** Answers in the order of what it is given. */
  run: (items: readonly T[]) => Promise<readonly R[]>;
  maxItems: number;
  /** Of all items of a batch together, by `weigh`; one that weighs more goes alone. */
  maxWeight: number;
  weigh: (item: T) => number;
  /** How many run at a time; later items gather meanwhile. */
  maxRunning: number;
  maxWaiting: number;
  /** How long an item may wait for its batch to begin. */
  maxWaitMs: number;
  /** For an item that waited too long, or found too many waiting. */
  overloaded: () => Error;
}

interface Waiting<T, R> {
  item: T;
  since: number;
  resolve: (answer: R) => void;
  reject: (error: unknown) => void;
}

/**
 * One call for many: what comes in one turn of the event loop goes together, and under load what has gathered while others run. Nothing
 * waits for the sake of a larger batch.
 */
export function createBatches<T, R>(o: BatchesOptions<T, R>): (item: T) => Promise<R> {
  const waiting: Waiting<T, R>[] = [];
  let running = 0;
  let planned = false;

  function begin(): void {
    planned = false;
    const since = performance.now() - o.maxWaitMs;
    while (waiting[0] !== undefined && waiting[0].since < since) waiting.shift()?.reject(o.overloaded());
    while (running < o.maxRunning && waiting.length > 0) {
      running += 1;
      void answerAll(o, waiting.splice(0, batchSize(o, waiting))).finally(() => {
        running -= 1;
        plan();
      });
    }
  }

  function plan(): void {
    if (planned || waiting.length === 0 || running >= o.maxRunning) return;
    planned = true;
    // After everything else of this turn, so that it may join.
    setImmediate(begin);
  }

  return (item) =>
    new Promise((resolve, reject) => {
      if (waiting.length >= o.maxWaiting) return reject(o.overloaded());
      waiting.push({ item, since: performance.now(), resolve, reject });
      plan();
    });
}

/** How many of those that have waited longest go together: at least one. */
function batchSize<T, R>(o: BatchesOptions<T, R>, waiting: readonly Waiting<T, R>[]): number {
  let weight = 0;
  const tooMuch = waiting.slice(0, o.maxItems).findIndex(({ item }, at) => {
    weight += o.weigh(item);
    return at > 0 && weight > o.maxWeight;
  });
  return tooMuch === -1 ? o.maxItems : tooMuch;
}

/** Never rejects. */
async function answerAll<T, R>(o: BatchesOptions<T, R>, batch: readonly Waiting<T, R>[]): Promise<void> {
  try {
    const answers = await o.run(batch.map(({ item }) => item));
    for (const [at, { resolve, reject }] of batch.entries()) {
      const answer = answers[at];
      if (answer === undefined) reject(o.overloaded());
      else resolve(answer);
    }
  } catch (error) {
    for (const { reject } of batch) reject(error);
  }
}
