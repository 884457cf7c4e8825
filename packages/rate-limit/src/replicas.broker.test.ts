import { randomUUID } from 'node:crypto';
import { afterAll, expect, it } from '@jest/globals';
import { createRedisStore } from '@artdag/key-value';
import { listLevels } from './logs.testing.ts';
import { createBackoff } from './backoff.ts';
import { createFailureLimiter } from './failure-limiter.ts';
import { createWindowLimiter } from './window-limiter.ts';

const keyPrefix = `artdag-test:${randomUUID()}:`;
const stores = [1, 2, 3].map(() =>
  createRedisStore({
    url: process.env['TEST_REDIS_URL'] ?? 'redis://127.0.0.1:6379',
    keyPrefix,
    // A Redis that answers late is not away.
    commandTimeoutMs: 20_000,
  }),
);
// One that does not roll over before 2033.
const windowMs = 1_000_000_000_000;
const { logger } = listLevels();
const used = ['rl:actor:a', 'rl:session:a', 'rl:password:alice', 'authfail:ip'];

afterAll(async () => {
  await stores[0]?.delete(...used);
  await Promise.all(stores.map((store) => store.close()));
});

/** Resolves once Redis knows of all that was let in, and has answered everybody who told it. */
async function synced(letIn: number): Promise<void> {
  const look = { key: 'rl:actor:a', amount: 0, limit: null, windowMs };
  for (let told = -1; told < Math.min(letIn, 600);) {
    await new Promise((resolve) => setTimeout(resolve, 60));
    told = (await stores[0]?.countInWindows([look]))?.[0]?.count ?? 0;
  }
  await Promise.all(stores.map((store) => store.ping()));
}

it('three limiters on one Redis let in the limit, and at most what they let in within one sync', async () => {
  const limiters = stores.map((store) => createWindowLimiter({ store, logger }));
  let allowed = 0;
  const charges = [{ bucket: 'actor', key: 'a', limit: 600, windowMs }];
  // 5 per replica and sync: 15 may slip through.
  for (let round = 0; round < 60; round += 1) {
    const fifteen = Array.from({ length: 15 }, async (_, n) => limiters[n % 3]?.take(charges));
    allowed += (await Promise.all(fifteen)).filter((decision) => decision?.allowed).length;
    await synced(allowed);
  }
  expect(allowed).toBeGreaterThanOrEqual(600);
  expect(allowed).toBeLessThanOrEqual(615);
});

it('a small limit holds to the request, whoever is asked', async () => {
  const limiters = stores.map((store) => createWindowLimiter({ store, logger }));
  const charges = [{ bucket: 'session', key: 'a', limit: 10, windowMs }];
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
