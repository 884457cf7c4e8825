export interface BatcherOptions<Item, Result> {
  maxItems: number;
  /**
   * While a batch is under way the next one is collected, but no longer than this: then it goes too, so that one slow call
   * does not hold up everybody.
   */
  patienceMs: number;
  /** As many batches as may be under way then. */
  maxInFlight: number;
  /** From `add` to the answer, waiting included. Without it, `send` alone decides how long it takes. */
  timeoutMs?: number;
  /** What at most one item of a batch may have; the others with it wait for the next one. */
  keysOf?: (item: Item) => readonly string[];
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

/**
 * Turns single calls into shared ones. Nobody waits for company when nothing is under way. Under load one batch at a time is
 * the cheapest: they are as large as can be, and while one is away the next gathers.
 */
export function createBatcher<Item, Result>(o: BatcherOptions<Item, Result>): Batcher<Item, Result> {
  let queue: Queue<Item, Result> = [];
  let inFlight = 0;
  let scheduled = false;
  let patience: NodeJS.Timeout | undefined;

  const flush = (): void => {
    scheduled = false;
    clearTimeout(patience);
    patience = undefined;
    const { batch, rest } = takeBatch(o, queue);
    queue = rest;
    inFlight += 1;
    void deliver(o, batch).finally(() => {
      inFlight -= 1;
      schedule();
    });
    schedule();
  };
  const schedule = (): void => {
    if (scheduled || queue.length === 0 || inFlight >= o.maxInFlight) return;
    if (inFlight > 0 && queue.length < o.maxItems) {
      patience ??= setTimeout(flush, o.patienceMs);
      return;
    }
    // After the requests that arrived in this turn of the event loop have all been read.
    scheduled = true;
    setImmediate(flush);
  };

  return {
    add(item) {
      return new Promise((resolve, reject) => {
        queue.push({ item, deadline: performance.now() + (o.timeoutMs ?? Infinity), resolve, reject });
        schedule();
      });
    },
  };
}

type Queue<Item, Result> = Waiting<Item, Result>[];

function takeBatch<Item, Result>(
  { maxItems, keysOf }: BatcherOptions<Item, Result>,
  queue: Queue<Item, Result>,
): { batch: Queue<Item, Result>; rest: Queue<Item, Result> } {
  if (keysOf === undefined) return { batch: queue.slice(0, maxItems), rest: queue.slice(maxItems) };
  const taken = new Set<string>();
  const batch: Queue<Item, Result> = [];
  const rest: Queue<Item, Result> = [];
  for (const waiting of queue) {
    const keys = keysOf(waiting.item);
    const fits = batch.length < maxItems && !keys.some((key) => taken.has(key));
    (fits ? batch : rest).push(waiting);
    if (fits) for (const key of keys) taken.add(key);
  }
  return { batch, rest };
}

async function deliver<Item, Result>(o: BatcherOptions<Item, Result>, batch: Queue<Item, Result>): Promise<void> {
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
