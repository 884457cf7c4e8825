import { expect, it } from '@jest/globals';
import { listLevels } from './logs.testing.ts';
import type { Charge, Decision } from './charges.ts';
import { createUnreliableStore } from './unreliable-store.testing.ts';
import { createWindowLimiter } from './window-limiter.ts';

const windowMs = 60_000;
const charge = (limit: number, key = 'a', bucket = 'anonymous'): Charge => ({ bucket, key, limit, windowMs });

function start(replicas = 1, logger = listLevels().logger) {
  // The memory store's windows are those of the wall clock.
  const clock = { ms: 0 };
  const now = (): number => clock.ms;
  const store = createUnreliableStore({ now });
  const limiters = Array.from({ length: replicas }, () => createWindowLimiter({ store, logger, now, syncMs: 5 }));
  const [limiter] = limiters as [ReturnType<typeof createWindowLimiter>];
  async function letInOf(requests: number, charges: Charge[], by = limiter): Promise<number> {
    let allowed = 0;
    for (let n = 0; n < requests; n += 1) if ((await by.take(charges)).allowed) allowed += 1;
    return allowed;
  }
  return { clock, store, limiter, limiters, letInOf };
}

const synced = () => new Promise((resolve) => setTimeout(resolve, 25));

it('lets exactly the limit in, and says when the next one is', async () => {
  const { clock, limiter, letInOf } = start();
  expect(await letInOf(200, [charge(120)])).toBe(120);
  const refused = await limiter.take([charge(120)]);
  expect(refused).toMatchObject({ allowed: false, bucket: 'anonymous', limit: 120, remaining: 0 });
  expect(refused.resetSeconds).toBe(refused.retryAfterSeconds);
  clock.ms += (refused.retryAfterSeconds - 1) * 1000 - 1;
  expect(await letInOf(1, [charge(120)])).toBe(0);
  clock.ms += 1001;
  expect(await letInOf(1, [charge(120)])).toBe(1);
});

it('answers without a promise while a key is far from its limit, and tells the store in one call', async () => {
  const { store, limiter } = start();
  for (let n = 0; n < 20; n += 1)
    for (const key of ['a', 'b', 'c']) expect(limiter.take([charge(120, key)])).not.toBeInstanceOf(Promise);
  expect(store.calls).toBe(0);
  await synced();
  expect([store.calls, store.charges]).toEqual([1, 3]);
});

it('asks the store from half the limit on, and always where the limit is small', async () => {
  const { limiter, letInOf } = start();
  expect(limiter.take([charge(30)])).toBeInstanceOf(Promise);
  await letInOf(60, [charge(120)]);
  expect(limiter.take([charge(120)])).toBeInstanceOf(Promise);
});

it('tells what remains', async () => {
  const { limiter } = start();
  expect(limiter.take([charge(120)])).toMatchObject({ allowed: true, remaining: 119, retryAfterSeconds: 0 });
  expect(await limiter.take([charge(10, 'b')])).toMatchObject({ allowed: true, remaining: 9 });
});

it('goes by the strictest of several buckets, and charges none of them for a refused request', async () => {
  const { store, limiter, letInOf } = start();
  const both = [charge(10, 'a', 'session'), charge(120)];
  const first: Decision = await limiter.take(both);
  expect(first).toMatchObject({ bucket: 'session', limit: 10, remaining: 9 });
  expect(await letInOf(50, both)).toBe(9);
  await synced();
  const [held] = await store.countInWindows([{ key: 'rl:anonymous:a', amount: 0, limit: null, windowMs }]);
  expect(held?.count).toBe(10);
  expect(await letInOf(200, [charge(120)])).toBe(110);
});

it('takes back what the store counted for a request that another bucket refused', async () => {
  const { store, letInOf } = start(1);
  const other = createWindowLimiter({ store, logger: listLevels().logger, now: () => 0 });
  expect(await letInOf(10, [charge(10, 'a', 'session')])).toBe(10);
  expect(await letInOf(5, [charge(20, 'a', 'keys'), charge(10, 'a', 'session')], other)).toBe(0);
  expect(await letInOf(30, [charge(20, 'a', 'keys')], other)).toBe(20);
});

it('does not ask about a key that the store has called full', async () => {
  const { store, letInOf } = start();
  await letInOf(11, [charge(10)]);
  const before = store.calls;
  expect(await letInOf(100, [charge(10)])).toBe(0);
  expect(store.calls).toBe(before);
});

it('lets many replicas in by one count: the limit, and what they let in within one sync', async () => {
  const { limiters, letInOf } = start(3);
  let allowed = 0;
  for (let round = 0; round < 50; round += 1) {
    for (const limiter of limiters) allowed += await letInOf(10, [charge(600)], limiter);
    await synced();
  }
  expect(allowed).toBeGreaterThanOrEqual(600);
  expect(allowed).toBeLessThanOrEqual(630);
});

it('counts alone while the store is away, at once, and says so once', async () => {
  const { logger, levels } = listLevels();
  const { store, limiter, letInOf } = start(1, logger);
  await letInOf(4, [charge(10)]);
  store.away = true;
  expect(await letInOf(20, [charge(10)])).toBe(6);
  expect(await letInOf(200, [charge(120, 'b')])).toBe(120);
  expect(limiter.take([charge(10, 'c')])).not.toBeInstanceOf(Promise);
  await synced();
  expect(levels).toEqual(['warn']);
});

it('comes back to the store, and holds what it has let in itself against an empty one', async () => {
  const { logger, levels } = listLevels();
  const { clock, store, limiter, letInOf } = start(1, logger);
  store.away = true;
  await letInOf(8, [charge(10)]);
  store.away = false;
  clock.ms += 1001;
  void limiter.take([charge(600, 'other')]);
  await synced();
  expect(levels).toEqual(['warn', 'info']);
  expect(await letInOf(20, [charge(10)])).toBe(2);
});

it('remembers no more keys than it may, and loses no count of those it forgets', async () => {
  const store = createUnreliableStore();
  const limiter = createWindowLimiter({ store, logger: listLevels().logger, maxKeys: 10, syncMs: 5 });
  for (let n = 0; n < 100; n += 1) void limiter.take([charge(120, `k${n}`)]);
  await limiter.close();
  expect(store.charges).toBe(100);
});

it('takes a request that nothing limits', () => {
  expect(start().limiter.take([])).toMatchObject({ allowed: true });
});
