import { randomUUID } from 'node:crypto';
import { checkedTtl, type KeyValueStore } from './key-value-store.ts';
import type { MemoryEntries } from './memory-entries.ts';
import { chargeWindow, checkedCharges, type WindowState } from './windows.ts';

type SharedMethods = Pick<KeyValueStore, 'read' | 'write' | 'clock' | 'setWhile' | 'replace' | 'countInWindows'>;

interface MemoryShared {
  methods: SharedMethods;
  /** Drops the key's window counter. */
  delete(key: string): void;
  /** Drops the counters whose windows have passed. */
  sweep(): void;
  clear(): void;
}

/** What needs one server for Redis needs one process here. Its clock is the wall's at the start, and never goes back. */
export function memoryShared(entries: MemoryEntries, now: () => number, assertOpen: () => void): MemoryShared {
  const serverId = randomUUID();
  const epochMs = Date.now() - now();
  const clockMs = (): number => epochMs + now();
  const windows = new Map<string, { state: WindowState; endsAt: number }>();
  const methods: SharedMethods = {
    async read(keys) {
      assertOpen();
      return { values: keys.map((key) => entries.get(key) ?? null), serverId };
    },
    async write(written) {
      assertOpen();
      for (const { ttlMs } of written) if (ttlMs !== null) checkedTtl(ttlMs);
      for (const { key, value, ttlMs } of written) {
        if (ttlMs === null) entries.delete(key);
        else entries.set(key, value, ttlMs);
      }
      return { serverId };
    },
    async clock() {
      assertOpen();
      return { nowMs: Math.floor(clockMs()), serverId };
    },
    async setWhile(guard, { key, value, endsAtMs }) {
      assertOpen();
      if (entries.get(guard.key) !== guard.value) return false;
      const leftMs = Math.floor(endsAtMs) - clockMs();
      const kept = entries.get(key) === value && entries.leftMs(key) > leftMs;
      if (leftMs > 0 && !kept) entries.set(key, value, leftMs);
      return true;
    },
    async replace(key, expected, value, { ttlMs }) {
      assertOpen();
      const ttl = checkedTtl(ttlMs);
      if ((entries.get(key) ?? null) !== expected) return false;
      entries.set(key, value, ttl);
      return true;
    },
    async countInWindows(charges) {
      assertOpen();
      return checkedCharges(charges).map((charge) => {
        const { result, state } = chargeWindow(windows.get(charge.key)?.state, charge, clockMs());
        windows.set(charge.key, { state, endsAt: (state.number + 2) * charge.windowMs });
        return result;
      });
    },
  };
  return {
    methods,
    delete: (key) => void windows.delete(key),
    sweep() {
      const nowMs = clockMs();
      for (const [key, { endsAt }] of windows) if (endsAt <= nowMs) windows.delete(key);
    },
    clear: () => windows.clear(),
  };
}
