import { randomUUID } from 'node:crypto';
import { checkedTtl, type KeyValueStore } from './key-value-store.ts';
import type { MemoryEntries } from './memory-entries.ts';
import { chargeWindow, checkedCharges, type WindowState } from './windows.ts';

type Sync<F> = F extends (...args: infer A) => Promise<infer R> ? (...args: A) => R : never;
type SharedMethod = 'read' | 'write' | 'clock' | 'setWhile' | 'replace' | 'countInWindows';

type MemoryShared = { [K in SharedMethod]: Sync<KeyValueStore[K]> } & {
  /** Drops the key's window counter. */
  delete(key: string): void;
  /** Drops the counters whose windows have passed. */
  sweep(): void;
  clear(): void;
};

/** What needs one server for Redis needs one process here. Its clock is the wall's at the start, and never goes back. */
export function memoryShared(entries: MemoryEntries, now: () => number): MemoryShared {
  const serverId = randomUUID();
  const epochMs = Date.now() - now();
  const clockMs = (): number => epochMs + now();
  const windows = new Map<string, { state: WindowState; endsAt: number }>();
  return {
    read: (keys) => ({ values: keys.map((key) => entries.get(key) ?? null), serverId }),
    write(written) {
      for (const { ttlMs } of written) if (ttlMs !== null) checkedTtl(ttlMs);
      for (const { key, value, ttlMs } of written) {
        if (ttlMs === null) entries.delete(key);
        else entries.set(key, value, ttlMs);
      }
      return { serverId };
    },
    clock: () => ({ nowMs: Math.floor(clockMs()), serverId }),
    setWhile(guard, { key, value, endsAtMs }) {
      if (entries.get(guard.key) !== guard.value) return false;
      const leftMs = Math.floor(endsAtMs) - clockMs();
      const kept = entries.get(key) === value && entries.leftMs(key) > leftMs;
      if (leftMs > 0 && !kept) entries.set(key, value, leftMs);
      return true;
    },
    replace(key, expected, value, { ttlMs }) {
      const ttl = checkedTtl(ttlMs);
      if ((entries.get(key) ?? null) !== expected) return false;
      entries.set(key, value, ttl);
      return true;
    },
    countInWindows: (charges) =>
      checkedCharges(charges).map((charge) => {
        const nowMs = clockMs();
        const { result, state } = chargeWindow(windows.get(charge.key)?.state, charge, nowMs);
        windows.set(charge.key, { state, endsAt: (state.number + 2) * charge.windowMs });
        return result;
      }),
    delete: (key) => void windows.delete(key),
    sweep() {
      const nowMs = clockMs();
      for (const [key, { endsAt }] of windows) if (endsAt <= nowMs) windows.delete(key);
    },
    clear: () => windows.clear(),
  };
}
