import { describe, expect, it } from '@jest/globals';
import { isHandle, isProgramHandle, isReservedHandle } from './handle.ts';

describe('handles', () => {
  it.each(['abc', 'a-c', '0a0', 'a'.repeat(30)])('%s is one, of people and of programs', (handle) => {
    expect([isHandle(handle), isProgramHandle(handle)]).toEqual([true, true]);
  });

  it.each(['', 'ab', '-abc', 'abc-', 'a.b', 'a_b', 'ABC', 'a b', 'abc\n', 'äbc', 'a\0c', 'a'.repeat(65)])(
    '%j is none, of anybody',
    (handle) => {
      expect([isHandle(handle), isProgramHandle(handle)]).toEqual([false, false]);
    },
  );

  it('of programs may have 64 characters, of people 30', () => {
    expect([isHandle('a'.repeat(31)), isProgramHandle('a'.repeat(64))]).toEqual([false, true]);
  });

  // Every first word of a path in api.md, and offices.
  const words =
    'activities activity actor admin agent anchors api asset assets auth docs download follow healthz inbox internal log ' +
    'login logout me metrics nodeinfo objects openapi readyz register renderers root share static storage system ' +
    'unfollow unshare users v1 well-known www';
  it.each(words.split(' '))('%s is reserved', (handle) => {
    expect(isReservedHandle(handle)).toBe(true);
  });
});
