import { afterEach, describe, expect, it } from '@jest/globals';
import { createInvalidations, type Invalidations } from './invalidations.ts';
import type { KeyValueStore } from './key-value-store.ts';
import { createMemoryStore } from './memory-store.ts';

const stores: KeyValueStore[] = [];
const store = (): KeyValueStore => {
  const made = createMemoryStore();
  stores.push(made);
  return made;
};
afterEach(() => Promise.all(stores.splice(0).map((each) => each.close())));

async function listening(on: KeyValueStore, heard: string[]): Promise<Invalidations> {
  const invalidations = createInvalidations(on, { warn: () => undefined });
  invalidations.on('one', (key) => heard.push(`one ${key}`));
  invalidations.on('one', (key) => heard.push(`also one ${key}`));
  invalidations.on('two', (key) => heard.push(`two ${key}`));
  await invalidations.start();
  return invalidations;
}

describe('invalidations', () => {
  it('reach every replica’s caches of that name, and none after stop', async () => {
    const shared = store();
    const here: string[] = [];
    const there: string[] = [];
    const mine = await listening(shared, here);
    const theirs = await listening(shared, there);
    await mine.announce('one', 'a');
    expect(there).toEqual(['one a', 'also one a']);
    expect(new Set(here)).toEqual(new Set(there));
    await theirs.announce('two', 'b');
    await theirs.announce('three', 'c');
    expect(here.at(-1)).toBe('two b');
    await theirs.stop();
    await mine.announce('two', 'd');
    expect(there.at(-1)).toBe('two b');
    await mine.stop();
  });

  it('pass over what others say', async () => {
    const shared = store();
    const heard: string[] = [];
    const mine = await listening(shared, heard);
    for (const text of [
      '',
      'x',
      '7',
      'null',
      '[]',
      '{"kind":"one","key":"a"}',
      '{"cache":"one"}',
      '{"cache":"one","key":1}',
    ])
      await shared.publish('cache:invalidate', text);
    expect(heard).toEqual([]);
    await mine.stop();
  });

  it('count here with the store away, which is logged and not thrown', async () => {
    const gone = createMemoryStore();
    await gone.close();
    const warned: string[] = [];
    const invalidations = createInvalidations(gone, { warn: (message) => void warned.push(message) });
    const heard: string[] = [];
    invalidations.on('one', (key) => heard.push(key));
    await invalidations.start();
    await invalidations.announce('one', 'a');
    await invalidations.stop();
    expect(heard).toEqual(['a']);
    expect(warned).toEqual(
      [expect.stringContaining('tell the other replicas'), expect.stringContaining('not heard of')].toReversed(),
    );
  });
});
