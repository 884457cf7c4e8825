import { KeyValueError } from './key-value-error.ts';
import type { KeyValueStore } from './key-value-store.ts';
import { createMemoryChannels } from './memory-channels.ts';
import { createMemoryEntries } from './memory-entries.ts';
import { memoryShared } from './memory-shared.ts';
import { memoryValues } from './memory-values.ts';

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
  let closed = false;
  const shared = memoryShared(entries, now, assertOpen);
  const channels = createMemoryChannels(o.onError ?? (() => undefined));
  const sweeping = setInterval(() => {
    entries.sweep();
    shared.sweep();
  }, sweepEveryMs).unref();

  function assertOpen(): void {
    if (closed) throw new KeyValueError('The key-value store is closed.');
  }

  return {
    ...memoryValues(entries, shared, assertOpen),
    async publish(channel, message) {
      assertOpen();
      channels.publish(channel, message);
    },
    async subscribe(channel, onMessage) {
      assertOpen();
      const leave = channels.subscribe(channel, onMessage);
      return async () => leave();
    },
    ...shared.methods,
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
