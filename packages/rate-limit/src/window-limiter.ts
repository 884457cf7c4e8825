import type { KeyValueStore } from '@artdag/key-value';
import type { Logger } from '@artdag/service-kit';
import { LRUCache } from 'lru-cache';
import { Bucket } from './bucket.ts';
import { type Charge, type Decision, type Held, letIn, refuse, unlimited } from './charges.ts';
import { createOutage } from './outage.ts';
import { createSync } from './sync.ts';

export interface WindowLimiterOptions {
  /** Shared by the replicas whose requests count together. */
  store: KeyValueStore;
  logger: Logger;
  /** Milliseconds of any one clock; `performance.now` by default. */
  now?: () => number;
  /** How long what was let in may wait to be sent; 50 by default. */
  syncMs?: number;
  /** How many keys are remembered in this process; 50,000 by default. The least recently used go first. */
  maxKeys?: number;
}

export interface WindowLimiter {
  /**
   * Counts one request in all of the buckets, or in none when one of them has no room. Answers at once, without a promise, unless the
   * store has to be asked. Never rejects: without the store, this process's own count decides.
   */
  take(charges: readonly Charge[]): Decision | Promise<Decision>;
  /** Sends what waits to be sent. */
  close(): Promise<void>;
}

/** Limits that are too small for an estimate: the store is asked each time. */
const smallLimit = 30;
/** The share of a limit below which an estimate is good enough. */
const surelyFree = 0.5;

/** Sliding windows that all replicas share (credentials.md §6). */
export function createWindowLimiter(o: WindowLimiterOptions): WindowLimiter {
  const now = o.now ?? (() => performance.now());
  const outage = createOutage({ logger: o.logger, what: 'rate limits', now });
  const sync = createSync({ store: o.store, outage, now, syncMs: o.syncMs ?? 50 });
  const buckets = new LRUCache<string, Bucket>({ max: o.maxKeys ?? 50_000 });

  function hold(charge: Charge, at: number): Held {
    const key = `rl:${charge.bucket}:${charge.key}`;
    let bucket = buckets.get(key);
    if (bucket === undefined) {
      bucket = new Bucket(key, charge.windowMs, at);
      buckets.set(key, bucket);
    }
    return { charge, bucket };
  }

  function countHere(held: readonly Held[], at: number): Decision {
    for (const { bucket } of held) {
      bucket.letIn(at);
      sync.note(bucket);
    }
    return letIn(held, at);
  }

  /** As take, by what is known in this process. */
  function decideHere(held: readonly Held[], at: number): Decision {
    const full = held.filter(({ charge, bucket }) => bucket.count(at) + 1 > charge.limit);
    return full.length > 0 ? refuse(full, at) : countHere(held, at);
  }

  async function ask(held: readonly Held[]): Promise<Decision> {
    const answers = await sync.ask(held);
    const at = now();
    if (!answers) return decideHere(held, at);
    const full = held.filter((_, index) => answers[index]?.allowed !== true);
    for (const { bucket } of held.filter((_, index) => answers[index]?.allowed === true)) {
      if (full.length === 0) bucket.wasLetIn(at);
      else {
        bucket.takeBack(at);
        sync.note(bucket);
      }
    }
    return full.length > 0 ? refuse(full, at) : letIn(held, at);
  }

  return {
    take(charges) {
      if (charges.length === 0) return unlimited;
      const at = now();
      const held = charges.map((charge) => hold(charge, at));
      const full = held.filter(({ charge, bucket }) => bucket.isFull(charge.limit, at));
      if (full.length > 0) return refuse(full, at);
      if (held.every(({ charge, bucket }) => isSurelyFree(charge, bucket, at))) return countHere(held, at);
      return outage.away() ? decideHere(held, at) : ask(held);
    },
    close: () => sync.close(),
  };
}

function isSurelyFree({ limit }: Charge, bucket: Bucket, at: number): boolean {
  return limit > smallLimit && bucket.count(at) < limit * surelyFree;
}
