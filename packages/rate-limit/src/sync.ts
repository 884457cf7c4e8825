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
  let questions: Question[] = [];
  let timer: NodeJS.Timeout | undefined;
  let soon = false;

  function takeAmounts(): { bucket: Bucket; amount: number }[] {
    const amounts = [];
    for (const bucket of waiting) {
      if (amounts.length === maxPerCall) break;
      waiting.delete(bucket);
      const amount = bucket.send();
      if (amount !== 0) amounts.push({ bucket, amount });
    }
    return amounts;
  }

  async function exchange(): Promise<void> {
    if (!outage.worthAsking()) {
      for (const { answer } of questions.splice(0)) answer(undefined);
      plan();
      return;
    }
    const amounts = takeAmounts();
    const asked = questions.splice(0, maxPerCall);
    plan();
    const of = [...amounts.map(({ bucket }) => bucket), ...asked.flatMap(({ held }) => held.map((one) => one.bucket))];
    if (of.length === 0) return;
    const counts = await count([...amounts.map(toAmount), ...asked.flatMap(({ held }) => held.map(toQuestion))]);
    for (const { bucket, amount } of amounts) bucket.sent(amount);
    // In order: the last word on a bucket is the newest.
    const at = now();
    counts?.forEach((counted, index) => of[index]?.heard(counted, at));
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

  function plan(): void {
    if (questions.length > 0) {
      if (soon) return;
      soon = true;
      // All questions of this turn of the event loop go together.
      setImmediate(() => {
        soon = false;
        void exchange();
      });
    } else if (waiting.size > 0) {
      timer ??= setTimeout(() => {
        timer = undefined;
        void exchange();
      }, syncMs).unref();
    }
  }

  return {
    note(bucket) {
      if (waiting.size < maxWaiting) waiting.add(bucket);
      if (timer === undefined) plan();
    },
    ask(held) {
      return new Promise((answer) => {
        questions.push({ held, answer });
        plan();
      });
    },
    async close() {
      clearTimeout(timer);
      while (waiting.size > 0 && !outage.away()) await exchange();
      clearTimeout(timer);
    },
  };
}

function toAmount({ bucket, amount }: { bucket: Bucket; amount: number }): WindowCharge {
  return { key: bucket.key, amount, limit: null, windowMs: bucket.windowMs };
}

function toQuestion({ bucket, charge }: Held): WindowCharge {
  return { key: bucket.key, amount: 1, limit: charge.limit, windowMs: bucket.windowMs };
}
