import type { Bucket } from './bucket.ts';

/** One bucket that a request is to be counted in. */
export interface Charge {
  /** The limit's name. */
  bucket: string;
  /** Who is counted: an address key, an actor id, … */
  key: string;
  /** Requests per window, at least 1. */
  limit: number;
  windowMs: number;
}

/** What became of a request, told for the strictest of its buckets. */
export interface Decision {
  allowed: boolean;
  bucket: string;
  limit: number;
  /** How many more would be let in now. */
  remaining: number;
  /** Whole seconds until there is more to be had: for a refused request until the next is let in, else until the fixed window ends. */
  resetSeconds: number;
  /** Whole seconds until the next request is let in if none is until then; 0 when this one was. */
  retryAfterSeconds: number;
}

/** A charge and the bucket that it goes to. */
export interface Held {
  charge: Charge;
  bucket: Bucket;
}

/** A request that nothing limits. */
export const unlimited: Decision = {
  allowed: true,
  bucket: '',
  limit: Infinity,
  remaining: Infinity,
  resetSeconds: 0,
  retryAfterSeconds: 0,
};

/** The decision for a request that was counted: of the bucket that has least left. */
export function letIn(held: readonly Held[], now: number): Decision {
  let strictest: Decision = unlimited;
  for (const { charge, bucket } of held) {
    const remaining = Math.max(0, Math.floor(charge.limit - bucket.count(now)));
    if (remaining >= strictest.remaining) continue;
    strictest = {
      allowed: true,
      bucket: charge.bucket,
      limit: charge.limit,
      remaining,
      resetSeconds: wholeSeconds(bucket.leftMs(now)),
      retryAfterSeconds: 0,
    };
  }
  return strictest;
}

/** The decision for a request that one of these buckets has no room for: of the one that makes it wait longest. */
export function refuse(full: readonly Held[], now: number): Decision {
  let strictest: Decision | undefined;
  for (const { charge, bucket } of full) {
    const seconds = wholeSeconds(bucket.waitMs(charge.limit, now));
    if (strictest && seconds <= strictest.retryAfterSeconds) continue;
    strictest = {
      allowed: false,
      bucket: charge.bucket,
      limit: charge.limit,
      remaining: 0,
      resetSeconds: seconds,
      retryAfterSeconds: seconds,
    };
  }
  return strictest ?? unlimited;
}

function wholeSeconds(ms: number): number {
  return Math.max(1, Math.ceil(ms / 1000));
}
