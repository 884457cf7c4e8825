import { KeyValueError } from './key-value-error.ts';
import { checkedTtl, type KeyValueStore } from './key-value-store.ts';
import type { MemoryEntries } from './memory-entries.ts';

type ValueMethods = Pick<KeyValueStore, 'get' | 'set' | 'setIfAbsent' | 'delete' | 'increment'>;

/** `counters` holds what else may be under a key. */
export function memoryValues(
  entries: MemoryEntries,
  counters: { delete(key: string): void },
  assertOpen: () => void,
): ValueMethods {
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
        counters.delete(key);
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
  };
}

function incremented(value: string): number {
  if (!/^(0|-?[1-9]\d{0,14})$/.test(value)) throw new KeyValueError('The key holds a text that is no counter.');
  return Number(value) + 1;
}
