/** A map whose entries expire. `now` counts milliseconds and never goes back. */
export interface MemoryEntries {
  get(key: string): string | undefined;
  /** Replaces value and expiry; without `ttlMs` it does not expire. */
  set(key: string, value: string, ttlMs?: number): void;
  /** Replaces the value of a key that is there, and leaves its expiry. */
  replace(key: string, value: string): void;
  delete(key: string): void;
  /** Milliseconds that the key still has; Infinity without an end, 0 when it is not there. */
  leftMs(key: string): number;
  /** Drops all that has expired. Reading drops only what it finds. */
  sweep(): void;
  clear(): void;
}

export function createMemoryEntries(now: () => number): MemoryEntries {
  const entries = new Map<string, { value: string; expiresAt: number }>();

  function live(key: string): { value: string; expiresAt: number } | undefined {
    const entry = entries.get(key);
    if (entry === undefined || entry.expiresAt > now()) return entry;
    entries.delete(key);
    return undefined;
  }

  return {
    get: (key) => live(key)?.value,
    set(key, value, ttlMs = Infinity) {
      entries.set(key, { value, expiresAt: now() + ttlMs });
    },
    replace(key, value) {
      const entry = live(key);
      if (entry !== undefined) entry.value = value;
    },
    delete: (key) => void entries.delete(key),
    leftMs: (key) => (live(key)?.expiresAt ?? now()) - now(),
    sweep() {
      const time = now();
      for (const [key, { expiresAt }] of entries) if (expiresAt <= time) entries.delete(key);
    },
    clear: () => entries.clear(),
  };
}
