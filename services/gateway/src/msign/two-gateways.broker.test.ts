import { randomUUID } from 'node:crypto';
import { afterAll, expect, it } from '@jest/globals';
import { createRedisStore } from '@artdag/key-value';
import { brokerUrls, quietLogger } from '@artdag/testing';
import { startHarness } from '../harness.testing.ts';
import { codeOf, makeTestSigner } from './signing.testing.ts';

const keyPrefix = `artdag-test:${randomUUID()}:`;
const newStore = () => createRedisStore({ url: brokerUrls().redisUrl, keyPrefix, commandTimeoutMs: 20_000 });
// The gateways' own are closed with them.
const own = newStore();

afterAll(async () => {
  await own.delete('authfail:127.0.0.1');
  await own.close();
});

it('two gateways on one Redis count bad signatures together, and forget them together', async () => {
  const first = await startHarness({ logger: quietLogger(), overrides: { store: newStore() } });
  const second = await startHarness({ logger: quietLogger(), overrides: { store: newStore() } });
  const signers = [makeTestSigner(first), makeTestSigner(second)] as const;
  const bad = async (by: 0 | 1): Promise<void> => {
    expect(codeOf(await signers[by].send({}, { target: '/users' }))).toBe('bad_signature');
  };
  try {
    for (const by of [0, 1, 0, 1] as const) await bad(by);
    expect((await signers[1].send()).status).toBe(200);
    for (const by of [0, 1, 0, 1, 0] as const) await bad(by);
    for (const signer of signers) {
      const answer = await signer.send();
      expect([answer.status, codeOf(answer)]).toEqual([429, 'too_many_failures']);
      expect(Number(answer.headers['retry-after'])).toBeGreaterThan(10);
      expect(Number(answer.headers['retry-after'])).toBeLessThanOrEqual(30);
    }
  } finally {
    await first.close();
    await second.close();
  }
});
