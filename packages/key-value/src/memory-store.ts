import { KeyValueError } from './key-value-error.ts';
import { checkedTtl, type KeyValueStore } from './key-value-store.ts';
import { createMemoryChannels } from './memory-channels.ts';
import { createMemoryEntries } from './memory-entries.ts';
import { memoryShared } from './memory-shared.ts';

export interface MemoryStoreOptions {
  /** Milliseconds that never go back; `performance.now` by default. */
  now?: () => number;
  /** Told of what listeners throw. */
  onError?: (error: Error) => void;
}

const sweepEveryMs = 10_000;

/** The store for one process: standalone and tests. */
export function createMemoryStore(o: MemoryStoreOptions = {}): KeyValueStore {
  const now = o.now ?? (() => performance.now());
  const entries = createMemoryEntries(now);
  const shared = memoryShared(entries, now);
  const channels = createMemoryChannels(o.onError ?? (() => undefined));
  const sweeping = setInterval(() => {
    entries.sweep();
    shared.sweep();
  }, sweepEveryMs).unref();
  let closed = false;

  function assertOpen(): void {
    if (closed) throw new KeyValueError('The key-value store is closed.');
  }

  return {
    async get(key) {
      assertOpen();
      return entries.get(key) ?? null;
    },
    async set(key, value, options) {
      assertOpen();
      entries.set(key, value, options?.ttlMs === undefined ? undefined : checkedTtl(options.ttlMs));
    },
    async setIfAbsent(key, value, { ttlMs }) {
      assertOpen();
      const ttl = checkedTtl(ttlMs);
      if (entries.get(key) !== undefined) return false;
      entries.set(key, value, ttl);
      return true;
    },
    async delete(...keys) {
      assertOpen();
      for (const key of keys) {
        entries.delete(key);
        shared.delete(key);
      }
    },
    async increment(key, { ttlMs }) {
      assertOpen();
      const ttl = checkedTtl(ttlMs);
      const value = entries.get(key);
      const sum = incremented(value ?? '0');
      if (value === undefined) entries.set(key, String(sum), ttl);
      else entries.replace(key, String(sum));
      return sum;
    },
    async publish(channel, message) {
      assertOpen();
      channels.publish(channel, message);
    },
    async subscribe(channel, onMessage) {
      assertOpen();
      const leave = channels.subscribe(channel, onMessage);
      return async () => leave();
    },
    async read(keys) {
      assertOpen();
      return shared.read(keys);
    },
    async write(written) {
      assertOpen();
      return shared.write(written);
    },
    async clock() {
      assertOpen();
      return shared.clock();
    },
    async setWhile(guard, entry) {
      assertOpen();
      return shared.setWhile(guard, entry);
    },
    async replace(key, expected, value, options) {
      assertOpen();
      return shared.replace(key, expected, value, options);
    },
    async countInWindows(charges) {
      assertOpen();
      return shared.countInWindows(charges);
    },
    async ping() {
      assertOpen();
    },
    async close() {
      closed = true;
      clearInterval(sweeping);
      entries.clear();
      shared.clear();
      channels.clear();
    },
  };
}

function incremented(value: string): number {
  if (!/^(0|-?[1-9]\d{0,14})$/.test(value)) throw new KeyValueError('The key holds a text that is no counter.');
  return Number(value) + 1;
}
