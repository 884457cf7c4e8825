import { createMemoryStore, KeyValueError, type KeyValueStore } from '@artdag/key-value';

/** A memory store that counts the calls of countInWindows and may be away. */
export interface UnreliableStore extends KeyValueStore {
  away: boolean;
  calls: number;
  charges: number;
}

export function createUnreliableStore(o: { now?: () => number } = {}): UnreliableStore {
  const inner = createMemoryStore(o);
  const state = { away: false, calls: 0, charges: 0 };
  const there = <A extends unknown[], R>(method: (...args: A) => Promise<R>) => {
    return async (...args: A): Promise<R> => {
      if (state.away) throw new KeyValueError('away');
      return method(...args);
    };
  };
  return Object.assign(state, inner, {
    get: there(inner.get),
    replace: there(inner.replace),
    countInWindows: there(async (charges: Parameters<KeyValueStore['countInWindows']>[0]) => {
      state.calls += 1;
      state.charges += charges.length;
      return inner.countInWindows(charges);
    }),
  });
}
