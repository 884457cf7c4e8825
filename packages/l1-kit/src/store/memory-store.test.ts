import { expect, it } from '@jest/globals';
import { createMemoryStore } from './memory-store.ts';

it('forgets what has expired', async () => {
  let now = 0;
  const store = createMemoryStore(() => now);
  await store.set('a', '1', 1000);
  await store.add('b', 'x', 1000);
  now = 999;
  expect(await store.get('a')).toBe('1');
  now = 1000;
  expect([await store.get('a'), await store.members('b'), await store.setIfAbsent('a', '2', 5)]).toEqual([
    undefined,
    [],
    true,
  ]);
});
