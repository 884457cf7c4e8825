import { KeyValueError } from './key-value-error.ts';
import { checkedTtl, type KeyValueStore } from './key-value-store.ts';

interface Entry {
  value: string;
  /** Milliseconds on the store's clock; Infinity for never. */
  expiresAt: number;
}

interface Listener {
  onMessage: (message: string) => void;
}

export interface MemoryStoreOptions {
  /** Milliseconds that never go back; `performance.now` by default. */
  now?: () => number;
}

const sweepEveryMs = 10_000;

/** The store for one process: standalone and tests. Listeners are called in a later microtask, as over a network, and never miss a message. */
export function createMemoryStore(o: MemoryStoreOptions = {}): KeyValueStore {
  const now = o.now ?? (() => performance.now());
  const entries = new Map<string, Entry>();
  const channels = new Map<string, Set<Listener>>();
  let closed = false;

  // Reading drops what has expired; what nobody reads again is swept away.
  const sweep = setInterval(() => {
    for (const [key, entry] of entries) if (entry.expiresAt <= now()) entries.delete(key);
  }, sweepEveryMs).unref();

  function live(key: string): Entry | undefined {
    const entry = entries.get(key);
    if (entry === undefined || entry.expiresAt > now()) return entry;
    entries.delete(key);
    return undefined;
  }

  function put(key: string, value: string, ttlMs: number | undefined): void {
    entries.set(key, { value, expiresAt: ttlMs === undefined ? Infinity : now() + checkedTtl(ttlMs) });
  }

  function assertOpen(): void {
    if (closed) throw new KeyValueError('The key-value store is closed.');
  }

  return {
    async get(key) {
      assertOpen();
      return live(key)?.value ?? null;
    },
    async set(key, value, options) {
      assertOpen();
      put(key, value, options?.ttlMs);
    },
    async setIfAbsent(key, value, { ttlMs }) {
      assertOpen();
      if (live(key) !== undefined) return false;
      put(key, value, ttlMs);
      return true;
    },
    async delete(...keys) {
      assertOpen();
      for (const key of keys) entries.delete(key);
    },
    async increment(key, { ttlMs }) {
      assertOpen();
      checkedTtl(ttlMs);
      const entry = live(key);
      if (entry === undefined) {
        put(key, '1', ttlMs);
        return 1;
      }
      const sum = incremented(entry.value);
      entry.value = String(sum);
      return sum;
    },
    async publish(channel, message) {
      assertOpen();
      const listeners = channels.get(channel) ?? [];
      for (const listener of listeners) {
        queueMicrotask(() => {
          if (channels.get(channel)?.has(listener)) listener.onMessage(message);
        });
      }
    },
    async subscribe(channel, onMessage) {
      assertOpen();
      const listeners = channels.get(channel) ?? new Set();
      channels.set(channel, listeners);
      const listener = { onMessage };
      listeners.add(listener);
      return async () => {
        listeners.delete(listener);
        if (listeners.size === 0 && channels.get(channel) === listeners) channels.delete(channel);
      };
    },
    async ping() {
      assertOpen();
    },
    async close() {
      closed = true;
      clearInterval(sweep);
      entries.clear();
      channels.clear();
    },
  };
}

function incremented(value: string): number {
  if (!/^(0|-?[1-9]\d*)$/.test(value)) throw new KeyValueError('The key holds a text that is no counter.');
  return Number(value) + 1;
}
