import { LRUCache } from 'lru-cache';

/** What was found out about credentials, each for a time of its own. Bounded: the least recently used go first. */
export interface Memo<V> {
  get(key: string): V | undefined;
  /** @param untilMs epoch milliseconds */
  set(key: string, value: V, untilMs: number): void;
  delete(key: string): void;
}

export function createMemo<V>(o: { max: number; now: () => Date }): Memo<V> {
  const entries = new LRUCache<string, { value: V; untilMs: number }>({ max: o.max });
  return {
    get(key) {
      const entry = entries.get(key);
      if (!entry) return undefined;
      if (entry.untilMs > o.now().getTime()) return entry.value;
      entries.delete(key);
      return undefined;
    },
    set(key, value, untilMs) {
      entries.set(key, { value, untilMs });
    },
    delete(key) {
      entries.delete(key);
    },
  };
}
