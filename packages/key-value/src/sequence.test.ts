import { describe, expect, it } from '@jest/globals';
import { createSequence, parseNumbered } from './sequence.ts';

function gaps(numbers: readonly number[]): boolean[] {
  const sequence = createSequence();
  return numbers.map((number) => sequence.isGap(number));
}

describe('createSequence', () => {
  it.each([
    ['starts anywhere', [7, 8, 9], [false, false, false]],
    ['finds a hole, and goes on from there', [1, 3, 4], [false, true, false]],
    ['finds a counter that was lost', [7, 1, 2], [false, true, false]],
    ['finds a counter that has come back to the same number', [7, 7], [false, true]],
  ])('%s', (_name, numbers, expected) => {
    expect(gaps(numbers)).toEqual(expected);
  });

  it('starts anew after a reset', () => {
    const sequence = createSequence();
    sequence.isGap(1);
    sequence.reset();
    expect(sequence.isGap(9)).toBe(false);
  });
});

describe('parseNumbered', () => {
  it('splits at the first colon', () => {
    expect(parseNumbered('12:a:b')).toEqual({ number: 12, message: 'a:b' });
    expect(parseNumbered('1:')).toEqual({ number: 1, message: '' });
  });

  it.each(['', ':', 'x', '12', ':x', 'a:x', '1.5:x', '-1:x', '12345678901234567:x'])('leaves %p alone', (raw) => {
    expect(parseNumbered(raw)).toBeUndefined();
  });
});
