import { describe, expect, it } from '@jest/globals';
import { createBoundedCache } from './bounded-cache.ts';

function cacheAt(maxEntries = 3) {
  const time = { ms: 0 };
  return { time, cache: createBoundedCache<number>({ ttlMs: 100, maxEntries, clock: () => time.ms }) };
}

describe('a bounded cache', () => {
  it('remembers until its time is over, which asking does not put off', () => {
    const { cache, time } = cacheAt();
    cache.set('a', 1);
    time.ms = 99;
    expect(cache.get('a')).toBe(1);
    time.ms = 100;
    expect(cache.get('a')).toBeUndefined();
  });

  it('lets go of what was not asked for longest', () => {
    const { cache } = cacheAt();
    for (const key of ['a', 'b', 'c']) cache.set(key, 1);
    cache.get('a');
    for (const key of ['d', 'e']) cache.set(key, 1);
    expect(['a', 'b', 'c', 'd', 'e'].map((key) => cache.get(key) !== undefined)).toEqual([
      ...[true, false, false, true, true],
    ]);
  });

  it('forgets what it is told to', () => {
    const { cache } = cacheAt();
    cache.set('a', 1);
    cache.set('b', 2);
    cache.forget((value) => value === 1);
    expect([cache.get('a'), cache.get('b')]).toEqual([undefined, 2]);
    cache.clear();
    expect(cache.get('b')).toBeUndefined();
  });
});
