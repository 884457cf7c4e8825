/** A map that drops what was used longest ago when it is full. */
export interface BoundedMap<V> {
  get(key: string): V | undefined;
  set(key: string, value: V): void;
  /** With `value`, only if that is still what the key holds. */
  delete(key: string, value?: V): void;
  clear(): void;
}

export function createBoundedMap<V>(maxEntries: number): BoundedMap<V> {
  // A Map keeps its keys in the order of insertion: taking an entry out and putting it back makes it the newest.
  const entries = new Map<string, V>();
  return {
    get(key) {
      const value = entries.get(key);
      if (value === undefined) return undefined;
      entries.delete(key);
      entries.set(key, value);
      return value;
    },
    set(key, value) {
      entries.delete(key);
      entries.set(key, value);
      const oldest = entries.keys().next();
      if (entries.size > maxEntries && oldest.done !== true) entries.delete(oldest.value);
    },
    delete(key, value) {
      if (value === undefined || entries.get(key) === value) entries.delete(key);
    },
    clear: () => entries.clear(),
  };
}
