export interface BoundedCache<V> {
  get(key: string): V | undefined;
  set(key: string, value: V): void;
  /** Forgets the entries for which that holds. */
  forget(which: (value: V, key: string) => boolean): void;
  clear(): void;
}

/**
 * Remembers for `ttlMs` at most, and no more than `maxEntries`: those that were not asked for longest go first. `clock` gives milliseconds that never
 * go back.
 */
export function createBoundedCache<V>(o: { ttlMs: number; maxEntries: number; clock: () => number }): BoundedCache<V> {
  const entries = new Map<string, { value: V; until: number }>();
  return {
    get(key) {
      const entry = entries.get(key);
      if (entry === undefined) return undefined;
      entries.delete(key);
      if (entry.until <= o.clock()) return undefined;
      entries.set(key, entry);
      return entry.value;
    },
    set(key, value) {
      entries.delete(key);
      entries.set(key, { value, until: o.clock() + o.ttlMs });
      const [oldest] = entries.keys();
      if (entries.size > o.maxEntries && oldest !== undefined) entries.delete(oldest);
    },
    forget(which) {
      for (const [key, { value }] of entries) if (which(value, key)) entries.delete(key);
    },
    clear: () => entries.clear(),
  };
}
