import { expect, it } from '@jest/globals';
import { SlidingWindow } from './sliding-window.ts';

const windowMs = 60_000;

function windowWith(amounts: [at: number, amount: number][]): SlidingWindow {
  const window = new SlidingWindow(windowMs, 0);
  for (const [at, amount] of amounts) window.add(amount, at);
  return window;
}

it('forgets the window before bit by bit', () => {
  const window = windowWith([[10_000, 60]]);
  expect(window.count(59_999)).toBe(60);
  expect(window.count(60_000)).toBe(60);
  expect(window.count(90_000)).toBe(30);
  expect(window.count(120_000)).toBe(0);
});

it('has forgotten everything after two quiet windows', () => {
  expect(windowWith([[0, 60]]).count(500_000)).toBe(0);
});

it.each<[string, [number, number][], number]>([
  ['a full current window', [[1000, 10]], 30_000],
  ['a full window before', [[1000, 10]], 61_000],
  ['both half full', [...[[1000, 10]], ...[[90_000, 5]]] as [number, number][], 95_000],
  ['more than full', [[1000, 25]], 30_000],
])('says when the next one fits: %s', (_, amounts, at) => {
  const window = windowWith(amounts);
  const waitMs = window.waitMs(10, at);
  expect(waitMs).toBeGreaterThan(0);
  expect(windowWith(amounts).count(at + waitMs - 10) + 1).toBeGreaterThan(10);
  expect(windowWith(amounts).count(at + waitMs) + 1).toBeLessThanOrEqual(10.000001);
});

it('does not stay full for long when the clock is put back', () => {
  const window = windowWith([[1_000_000, 10]]);
  expect(window.count(0)).toBe(10);
  expect(window.count(150_000)).toBe(0);
});

it('waits for nothing while there is room', () => expect(windowWith([[0, 9]]).waitMs(10, 5)).toBe(0));

it('holds one at a limit of one', () => {
  expect(windowWith([[0, 1]]).waitMs(1, 0)).toBe(2 * windowMs);
});
