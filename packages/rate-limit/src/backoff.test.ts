import { expect, it } from '@jest/globals';
import { listLevels } from './logs.testing.ts';
import { createBackoff } from './backoff.ts';
import { createUnreliableStore } from './unreliable-store.testing.ts';

const minute = 60_000;

function start() {
  const clock = { ms: 1_000_000 };
  const store = createUnreliableStore({ now: () => clock.ms });
  const make = () => createBackoff({ store, logger: listLevels().logger, now: () => new Date(clock.ms) });
  const backoff = make();
  /** Seconds to wait; 0 when it was let in. */
  const attempt = async (by = backoff): Promise<number> => {
    const made = await by.attempt('alice');
    return made.allowed ? 0 : made.retryAfterSeconds;
  };
  const attempts = async (times: number): Promise<number[]> => {
    const waits = [];
    for (let n = 0; n < times; n += 1) waits.push(await attempt());
    return waits;
  };
  return { clock, store, make, backoff, attempt, attempts };
}

it('lets ten wrong ones in, then makes the next wait, twice as long each time, up to a quarter of an hour', async () => {
  const { clock, attempt, attempts } = start();
  expect(await attempts(10)).toEqual(Array(10).fill(0));
  for (const seconds of [30, 60, 120, 240, 480, 900, 900, 900]) {
    expect(await attempt()).toBe(seconds);
    clock.ms += seconds * 1000 - 1;
    expect(await attempt()).toBe(1);
    clock.ms += 1;
    expect(await attempt()).toBe(0);
  }
});

it('is not made longer by refused ones', async () => {
  const { clock, attempt, attempts } = start();
  await attempts(10);
  clock.ms += 10_000;
  expect(new Set(await attempts(100))).toEqual(new Set([20]));
  clock.ms += 20_000;
  expect(await attempt()).toBe(0);
});

it('counts ten in a quarter of an hour, not ten in a life', async () => {
  const { clock, attempt } = start();
  for (let n = 0; n < 100; n += 1) {
    expect(await attempt()).toBe(0);
    clock.ms += 2 * minute;
  }
});

it('forgets everything at the right password', async () => {
  const { clock, backoff, attempt, attempts } = start();
  await attempts(10);
  clock.ms += 30_000;
  expect(await attempt()).toBe(0);
  await backoff.succeed('alice');
  expect(await attempts(10)).toEqual(Array(10).fill(0));
  expect(await attempt()).toBe(30);
});

it('forgets after a quarter of an hour of quiet, or twice the block', async () => {
  const { clock, attempt, attempts } = start();
  await attempts(10);
  clock.ms += 15 * minute + 1;
  expect(await attempts(10)).toEqual(Array(10).fill(0));
  for (const seconds of [30, 60, 120, 240, 480, 900]) {
    clock.ms += seconds * 1000;
    expect(await attempt()).toBe(0);
  }
  clock.ms += 29 * minute;
  expect(await attempt()).toBe(0);
  expect(await attempt()).toBe(900);
  clock.ms += 30 * minute + 1;
  expect(await attempts(10)).toEqual(Array(10).fill(0));
});

it('lets no more than ten through side by side, in one process or in several', async () => {
  const { make } = start();
  const replicas = [make(), make(), make()];
  const made = await Promise.all(Array.from({ length: 64 }, (_, n) => replicas[n % 3]?.attempt('alice')));
  const letIn = made.filter((one) => one?.allowed).length;
  expect(letIn).toBe(10);
});

it('gives back what ended in neither, and the block that it made', async () => {
  const { clock, backoff, attempt, attempts } = start();
  await attempts(10);
  await backoff.giveBack('alice');
  expect(await attempt()).toBe(0);
  expect(await attempt()).toBe(30);
  clock.ms += 30_000;
  expect(await attempt()).toBe(0);
  await backoff.giveBack('alice');
  expect(await attempt()).toBe(0);
  expect(await attempt()).toBe(60);
});

it('goes on by itself while the store is away', async () => {
  const { store, attempt, attempts } = start();
  await attempts(6);
  store.away = true;
  expect(await attempts(4)).toEqual([0, 0, 0, 0]);
  expect(await attempt()).toBe(30);
});
