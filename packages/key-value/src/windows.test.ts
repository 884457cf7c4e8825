import { describe, expect, it } from '@jest/globals';
import { chargeWindow, type WindowState } from './windows.ts';

const windowMs = 1000;

describe('a sliding window', () => {
  it('weights the window before by how much of it is still covered', () => {
    const held: WindowState = { number: 9, current: 8, previous: 100 };
    const at = (nowMs: number) =>
      chargeWindow(held, { key: 'k', amount: 0, limit: null, windowMs }, nowMs).result.count;
    expect([at(10_000), at(10_250), at(10_500), at(10_999), at(11_000)]).toEqual([8, 6, 4, 1, 0]);
  });

  it('refuses until exactly the moment that it names', () => {
    for (const held of [
      { number: 10, current: 8, previous: 0 },
      { number: 10, current: 2, previous: 8 },
      { number: 10, current: 0, previous: 8 },
    ]) {
      const charge = { key: 'k', amount: 3, limit: 8, windowMs };
      const { result } = chargeWindow(held, charge, 10_010);
      expect(result.allowed).toBe(false);
      expect(chargeWindow(held, charge, 10_010 + result.resetMs).result.allowed).toBe(true);
      expect(chargeWindow(held, charge, 10_010 + result.resetMs - 2).result.allowed).toBe(false);
    }
  });
});
