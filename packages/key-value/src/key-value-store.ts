/** Ends one subscription. Messages that arrive after the call are not delivered. */
export type Unsubscribe = () => Promise<void>;

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
