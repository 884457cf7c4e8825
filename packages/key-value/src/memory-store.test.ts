import { describe, expect, it } from '@jest/globals';
import { createMemoryStore } from './memory-store.ts';
import { describeStoreContract } from './store-contract.testing.ts';

describe('the in-process store', () => {
  describeStoreContract(() => createMemoryStore());

  it('goes by the clock that it is given', async () => {
    let nowMs = 0;
    const store = createMemoryStore({ now: () => nowMs });
    await store.set('key', '1', { ttlMs: 1000 });
    nowMs = 999;
    await expect(store.get('key')).resolves.toBe('1');
    nowMs = 1000;
    await expect(store.get('key')).resolves.toBeNull();
    await store.close();
  });

  it('tells onError what a listener throws', async () => {
    const errors: Error[] = [];
    const store = createMemoryStore({ onError: (error) => errors.push(error) });
    const failing = () => {
      throw new Error('listener');
    };
    await store.subscribe('channel', failing, failing);
    await store.publish('channel', 'x');
    expect(errors.map(({ message }) => message)).toEqual(['listener']);
    await store.close();
  });
});
