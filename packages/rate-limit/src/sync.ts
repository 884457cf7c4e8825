import type { KeyValueStore, WindowCharge, WindowCount } from '@artdag/key-value';
import type { Bucket } from './bucket.ts';
import type { Held } from './charges.ts';
import type { Outage } from './outage.ts';

export interface SyncOptions {
  store: KeyValueStore;
  outage: Outage;
  now: () => number;
  syncMs: number;
}

/** The exchange with the store: everything that waits goes in one call. */
export interface Sync {
  /** Something of the bucket waits to be sent. */
  note(bucket: Bucket): void;
  /** Lets the store decide about one request in each bucket, all that was let in before counted; undefined when it is away. */
  ask(held: readonly Held[]): Promise<WindowCount[] | undefined>;
  close(): Promise<void>;
}

interface Question {
  held: readonly Held[];
  answer: (counts: WindowCount[] | undefined) => void;
}

/** Redis does nothing else while it works on one call. */
const maxPerCall = 1000;
/** More buckets than ever wait in 50 ms; it bounds what an outage holds. */
const maxWaiting = 50_000;

export function createSync({ store, outage, now, syncMs }: SyncOptions): Sync {
  const waiting = new Set<Bucket>();
  const questions: Question[] = [];
  const soon = once((run) => setImmediate(run));
  const later = once((run) => setTimeout(run, syncMs).unref());

  async function exchange(): Promise<void> {
    if (!outage.worthAsking()) {
      for (const { answer } of questions.splice(0)) answer(undefined);
      plan();
      return;
    }
    const amounts = takeAmounts(waiting);
    const asked = questions.splice(0, maxPerCall);
    plan();
    const sent = [...amounts, ...asked.flatMap(({ held }) => held.map(toQuestion))];
    if (sent.length === 0) return;
    const counts = await count(sent.map(({ charge }) => charge));
    for (const { bucket, charge } of amounts) bucket.sent(charge.amount);
    // In order: the last word on a bucket is the newest.
    const at = now();
    counts?.forEach((counted, index) => sent[index]?.bucket.heard(counted, at));
    let next = amounts.length;
    for (const { held, answer } of asked) answer(counts?.slice(next, (next += held.length)));
  }

  /** Amounts whose sending failed are given up: they may have arrived, and this process knows its own anyway. */
  async function count(charges: WindowCharge[]): Promise<WindowCount[] | undefined> {
    try {
      const counts = await store.countInWindows(charges);
      outage.ended();
      return counts;
    } catch (error) {
      outage.began(error);
      return undefined;
    }
  }

  /** All questions of this turn of the event loop go together, with whatever waits. */
  function plan(): void {
    if (questions.length > 0) soon(exchange);
    else if (waiting.size > 0) later(exchange);
  }

  return {
    note(bucket) {
      if (waiting.size < maxWaiting) waiting.add(bucket);
      plan();
    },
    ask(held) {
      return new Promise((answer) => {
        questions.push({ held, answer });
        plan();
      });
    },
    async close() {
      while (waiting.size > 0 && !outage.away()) await exchange();
    },
  };
}

/** Plans a run unless one is planned already. */
function once(timer: (run: () => void) => unknown): (work: () => Promise<void>) => void {
  let planned = false;
  return (work) => {
    if (planned) return;
    planned = true;
    timer(() => {
      planned = false;
      void work();
    });
  };
}

interface Sent {
  bucket: Bucket;
  charge: WindowCharge;
}

function takeAmounts(waiting: Set<Bucket>): Sent[] {
  const amounts: Sent[] = [];
  for (const bucket of waiting) {
    if (amounts.length === maxPerCall) break;
    waiting.delete(bucket);
    const amount = bucket.send();
    const { key, windowMs } = bucket;
    if (amount !== 0) amounts.push({ bucket, charge: { key, amount, limit: null, windowMs } });
  }
  return amounts;
}

function toQuestion({ bucket, charge: { limit } }: Held): Sent {
  return { bucket, charge: { key: bucket.key, amount: 1, limit, windowMs: bucket.windowMs } };
}
