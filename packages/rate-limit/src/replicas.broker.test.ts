import { randomUUID } from 'node:crypto';
import { afterAll, expect, it } from '@jest/globals';
import { createRedisStore } from '@artdag/key-value';
import { listLevels } from './logs.testing.ts';
import { createBackoff } from './backoff.ts';
import { createFailureLimiter } from './failure-limiter.ts';
import { createWindowLimiter } from './window-limiter.ts';

const keyPrefix = `artdag-test:${randomUUID()}:`;
const stores = [1, 2, 3].map(() =>
  createRedisStore({ url: process.env['TEST_REDIS_URL'] ?? 'redis://127.0.0.1:6379', keyPrefix }),
);
const { logger } = listLevels();
const used = ['rl:actor:a', 'rl:session:a', 'rl:password:alice', 'authfail:ip'];

afterAll(async () => {
  await stores[0]?.delete(...used);
  await Promise.all(stores.map((store) => store.close()));
});

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

it('three limiters on one Redis let in the limit, and at most what they let in within one sync', async () => {
  const limiters = stores.map((store) => createWindowLimiter({ store, logger }));
  let allowed = 0;
  const charges = [{ bucket: 'actor', key: 'a', limit: 600, windowMs: 3_600_000 }];
  // 5 per replica and sync: 15 may slip through.
  for (let round = 0; round < 60; round += 1) {
    const fifteen = Array.from({ length: 15 }, async (_, n) => limiters[n % 3]?.take(charges));
    allowed += (await Promise.all(fifteen)).filter((decision) => decision?.allowed).length;
    await pause(60);
  }
  expect(allowed).toBeGreaterThanOrEqual(600);
  expect(allowed).toBeLessThanOrEqual(615);
});

it('a small limit holds to the request, whoever is asked', async () => {
  const limiters = stores.map((store) => createWindowLimiter({ store, logger }));
  const charges = [{ bucket: 'session', key: 'a', limit: 10, windowMs: 3_600_000 }];
  const decisions = await Promise.all(Array.from({ length: 60 }, async (_, n) => limiters[n % 3]?.take(charges)));
  expect(decisions.filter((decision) => decision?.allowed)).toHaveLength(10);
  for (const refused of decisions.filter((decision) => !decision?.allowed))
    expect(refused?.retryAfterSeconds).toBeGreaterThan(0);
});

it('failures and guesses are counted by all of them together', async () => {
  const failures = stores.map((store) => createFailureLimiter({ store, logger }));
  await Promise.all([...failures, ...failures].map((limiter) => limiter.fail('ip')));
  await expect(failures[0]?.check('ip')).rejects.toMatchObject({ status: 429, headers: { 'retry-after': '30' } });

  const backoffs = stores.map((store) => createBackoff({ store, logger }));
  const made = await Promise.all(Array.from({ length: 64 }, async (_, n) => backoffs[n % 3]?.attempt('alice')));
  expect(made.filter((attempt) => attempt?.allowed)).toHaveLength(10);
});
