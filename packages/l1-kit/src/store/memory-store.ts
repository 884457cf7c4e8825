import type { L1Store } from './l1-store.ts';

interface Entry {
  value: string | Set<string>;
  expiresAt: number;
}

/** So that what expired unread does not stay for ever. */
const sweepEvery = 1000;

/** In this process, and gone with it. For one process only: another one does not see what this one was told. */
export function createMemoryStore(now: () => number = Date.now): L1Store {
  const entries = new Map<string, Entry>();
  let writes = 0;

  function live(key: string): Entry | undefined {
    const entry = entries.get(key);
    if (entry === undefined || entry.expiresAt > now()) return entry;
    entries.delete(key);
    return undefined;
  }
  function put(key: string, value: string | Set<string>, ttlMs: number): void {
    entries.set(key, { value, expiresAt: now() + ttlMs });
    writes += 1;
    if (writes % sweepEvery === 0) for (const known of entries.keys()) live(known);
  }
  function text(key: string): string | undefined {
    const value = live(key)?.value;
    return typeof value === 'string' ? value : undefined;
  }
  function set(key: string): Set<string> {
    const value = live(key)?.value;
    return value instanceof Set ? value : new Set();
  }

  return {
    get: async (key) => text(key),
    set: async (key, value, ttlMs) => put(key, value, ttlMs),
    async setIfAbsent(key, value, ttlMs) {
      if (live(key) !== undefined) return false;
      put(key, value, ttlMs);
      return true;
    },
    async raise(key, value, ttlMs) {
      if (Number(text(key) ?? Number.NEGATIVE_INFINITY) < value) put(key, String(value), ttlMs);
    },
    delete: async (key) => void entries.delete(key),
    add: async (key, member, ttlMs) => put(key, set(key).add(member), ttlMs),
    members: async (key) => [...set(key)],
    remove: async (key, member) => void set(key).delete(member),
  };
}
