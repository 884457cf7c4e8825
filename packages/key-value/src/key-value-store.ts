/** Ends one subscription. Messages that arrive after the call are not delivered. */
export type Unsubscribe = () => Promise<void>;

/** One counter of `countInWindows`. */
export interface WindowCharge {
  key: string;
  /** What to add; 0 only looks, a negative amount gives back (never below zero). */
  amount: number;
  /** The most that the window may hold; null adds in any case. */
  limit: number | null;
  windowMs: number;
}

export interface WindowCount {
  /** False: `amount` would have gone over the limit, and nothing was added. */
  allowed: boolean;
  /** What the sliding window holds now, rounded up. */
  count: number;
  /** Allowed: until the fixed window ends. Refused: until `amount` fits, if nothing else is added meanwhile. */
  resetMs: number;
}

/**
 * A shared fast path: small texts under keys, counters, and messages to whoever listens now. Nothing in it is the only copy of anything.
 * Every method rejects with KeyValueError within the command time-out when the store is away; a write that timed out may have been done.
 */
export interface KeyValueStore {
  get(key: string): Promise<string | null>;
  /** Replaces value and expiry: without `ttlMs` the key does not expire. */
  set(key: string, value: string, o?: { ttlMs?: number }): Promise<void>;
  /** True when the key was not there and now holds `value`; a key that is there keeps its value and expiry. */
  setIfAbsent(key: string, value: string, o: { ttlMs: number }): Promise<boolean>;
  delete(...keys: string[]): Promise<void>;
  /** Adds one and returns the sum. The increment that creates the counter sets its expiry, in the same step; later ones leave it. */
  increment(key: string, o: { ttlMs: number }): Promise<number>;
  /** Sends to those subscribed at this moment. A message that nobody hears is gone. */
  publish(channel: string, message: string): Promise<void>;
  /**
   * Calls `onMessage` for each message, in order. Calls `onGap` whenever messages may have been missed (a hole in the sequence numbers,
   * or a connection that was lost and is back): whatever was built from the messages must then be rebuilt from the truth.
   *
   * Resolves when the subscription stands. If the store is away it resolves after the command time-out all the same, keeps trying,
   * and calls `onGap` as soon as the subscription stands.
   */
  subscribe(channel: string, onMessage: (message: string) => void, onGap: () => void): Promise<Unsubscribe>;
  /**
   * Several values at once, as they are at one moment, and which server process gave them: `serverId` is Redis's run_id as read on this
   * very connection, a random id per in-process store. Rejects after `timeoutMs` (default: the command time-out).
   */
  read(keys: readonly string[], o?: { timeoutMs?: number }): Promise<{ values: (string | null)[]; serverId: string }>;
  /** Writes all in one round trip; resolves when the server has confirmed each. `ttlMs` null deletes the key. */
  write(entries: readonly { key: string; value: string; ttlMs: number | null }[]): Promise<{ serverId: string }>;
  /** The server's own clock, epoch milliseconds. */
  clock(): Promise<{ nowMs: number; serverId: string }>;
  /**
   * Sets `key` with an end on the server's clock, while `guard.key` holds `guard.value`; false, and nothing done, when it does not. However
   * late it is carried out, the end stays the same. The same value under `key` with a later end keeps that end.
   */
  setWhile(
    guard: { key: string; value: string },
    entry: { key: string; value: string; endsAtMs: number },
  ): Promise<boolean>;
  /** Compare and set in one step: `expected` null means absent. True when it was done. */
  replace(key: string, expected: string | null, value: string, o: { ttlMs: number }): Promise<boolean>;
  /**
   * Sliding-window counters on the server's clock, each decided for itself, all in one step. A window is approximated by two fixed ones, the
   * older weighted by how much of it the sliding one still covers.
   */
  countInWindows(charges: readonly WindowCharge[]): Promise<WindowCount[]>;
  /** Rejects when the store does not answer. */
  ping(): Promise<void>;
  /** Ends all subscriptions and connections. Every later call rejects. */
  close(): Promise<void>;
}

/** Throws RangeError unless it is a whole number of milliseconds above zero: Redis refuses the rest, each in its own way. */
export function checkedTtl(ttlMs: number): number {
  if (!Number.isSafeInteger(ttlMs) || ttlMs < 1)
    throw new RangeError(`ttlMs is ${ttlMs}, wants a whole number above 0`);
  return ttlMs;
}
