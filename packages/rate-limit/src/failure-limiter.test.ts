import { expect, it } from '@jest/globals';
import { listLevels } from './logs.testing.ts';
import { createFailureLimiter } from './failure-limiter.ts';
import { createUnreliableStore } from './unreliable-store.testing.ts';

function start() {
  const clock = { ms: 1_000_000 };
  const store = createUnreliableStore({ now: () => clock.ms });
  const limiter = createFailureLimiter({ store, logger: listLevels().logger, now: () => new Date(clock.ms) });
  return {
    clock,
    store,
    limiter,
    async fail(times: number) {
      for (let n = 0; n < times; n += 1) await limiter.fail('ip');
    },
    /** Seconds to wait; 0 when it is not blocked. */
    async blocked(key = 'ip'): Promise<number> {
      return limiter.check(key).then(
        () => 0,
        (error: { status: number; code: string; headers: Record<string, string> }) => {
          expect(error).toMatchObject({ status: 429, code: 'too_many_failures' });
          return Number(error.headers['retry-after']);
        },
      );
    },
  };
}

it('blocks after 5, 10 and 20 failures in a row, ever longer', async () => {
  const { fail, blocked } = start();
  await fail(4);
  expect(await blocked()).toBe(0);
  await fail(1);
  expect(await blocked()).toBe(30);
  await fail(5);
  expect(await blocked()).toBe(300);
  await fail(10);
  expect(await blocked()).toBe(900);
  expect(await blocked('another')).toBe(0);
});

it('lets the next one try when the wait is over, and blocks again when that fails', async () => {
  const { clock, fail, blocked } = start();
  await fail(5);
  clock.ms += 29_000;
  expect(await blocked()).toBe(1);
  clock.ms += 1000;
  expect(await blocked()).toBe(0);
  await fail(1);
  expect(await blocked()).toBe(30);
});

it('forgets at a success, and after an hour of quiet', async () => {
  const { clock, limiter, fail, blocked } = start();
  await fail(4);
  await limiter.succeed('ip');
  await fail(4);
  expect(await blocked()).toBe(0);
  clock.ms += 60 * 60_000 + 1;
  await fail(4);
  expect(await blocked()).toBe(0);
});

it('tells how many there were, until a success', async () => {
  const { limiter, fail } = start();
  expect(await limiter.check('ip')).toBe(0);
  await fail(3);
  expect(await limiter.check('ip')).toBe(3);
  await limiter.succeed('ip');
  expect(await limiter.check('ip')).toBe(0);
});

it('loses none of many failures at once, from several processes', async () => {
  const { store, clock, blocked } = start();
  const now = () => new Date(clock.ms);
  const others = [1, 2, 3].map(() => createFailureLimiter({ store, logger: listLevels().logger, now }));
  await Promise.all(others.flatMap((limiter) => [1, 2, 3, 4].map(() => limiter.fail('ip'))));
  expect(await blocked()).toBe(300);
});

it('goes on by itself while the store is away', async () => {
  const { store, fail, blocked } = start();
  await fail(3);
  store.away = true;
  await fail(2);
  expect(await blocked()).toBe(30);
});
