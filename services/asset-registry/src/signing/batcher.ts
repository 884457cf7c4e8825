export interface BatcherOptions<Item, Result> {
  maxItems: number;
  /** While so many batches are under way, the next one is collected. */
  maxInFlight: number;
  /** From `add` to the answer, waiting included. */
  timeoutMs: number;
  /** Results in the items' order. A rejection fails the whole batch. */
  send: (items: Item[], remainingMs: number) => Promise<Result[]>;
}

export interface Batcher<Item, Result> {
  add(item: Item): Promise<Result>;
}

interface Waiting<Item, Result> {
  item: Item;
  deadline: number;
  resolve: (result: Result) => void;
  reject: (error: unknown) => void;
}

/** Turns single calls into shared ones. Nobody waits for company: what has gathered goes as soon as a call is free. */
export function createBatcher<Item, Result>(o: BatcherOptions<Item, Result>): Batcher<Item, Result> {
  let queue: Waiting<Item, Result>[] = [];
  let inFlight = 0;
  let scheduled = false;

  const flush = (): void => {
    scheduled = false;
    while (inFlight < o.maxInFlight && queue.length > 0) {
      const batch = queue.slice(0, o.maxItems);
      queue = queue.slice(o.maxItems);
      inFlight += 1;
      void deliver(o, batch).finally(() => {
        inFlight -= 1;
        schedule();
      });
    }
  };
  // After the requests that arrived in this turn of the event loop have all been read.
  const schedule = (): void => {
    if (scheduled || queue.length === 0 || inFlight >= o.maxInFlight) return;
    scheduled = true;
    setImmediate(flush);
  };

  return {
    add(item) {
      return new Promise((resolve, reject) => {
        queue.push({ item, deadline: performance.now() + o.timeoutMs, resolve, reject });
        schedule();
      });
    },
  };
}

async function deliver<Item, Result>(o: BatcherOptions<Item, Result>, batch: Waiting<Item, Result>[]): Promise<void> {
  const now = performance.now();
  const live = batch.filter((waiting) => waiting.deadline > now);
  for (const late of batch) if (late.deadline <= now) late.reject(new Error('timed out before it could be sent'));
  const oldest = live[0];
  if (oldest === undefined) return;
  try {
    const results = await o.send(
      live.map((waiting) => waiting.item),
      Math.max(1, Math.ceil(oldest.deadline - now)),
    );
    for (const [i, waiting] of live.entries()) {
      const result = results[i];
      if (result === undefined) waiting.reject(new Error('the answer is shorter than the batch'));
      else waiting.resolve(result);
    }
  } catch (error) {
    for (const waiting of live) waiting.reject(error);
  }
}
