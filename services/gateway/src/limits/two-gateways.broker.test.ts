import { randomUUID } from 'node:crypto';
import { afterAll, expect, it } from '@jest/globals';
import { createRedisStore } from '@artdag/key-value';
import { brokerUrls, quietLogger } from '@artdag/testing';
import { of, send, startLimited, statuses } from './limited-gateway.testing.ts';

const keyPrefix = `artdag-test:${randomUUID()}:`;
const newStore = () => createRedisStore({ url: brokerUrls().redisUrl, keyPrefix });
// The gateways' own are closed with them.
const own = newStore();

afterAll(async () => {
  await own.delete('rl:anonymous:127.0.0.1', 'rl:session:127.0.0.1');
  await own.close();
});

it('two gateways on one Redis share every bucket', async () => {
  const limits = { anonymous: 40, session: 5 };
  const first = await startLimited(limits, { logger: quietLogger(), overrides: { store: newStore() } });
  const second = await startLimited(limits, { logger: quietLogger(), overrides: { store: newStore() } });
  try {
    expect(await statuses(3, () => send(first, '/auth/login', [], 'POST'))).toEqual(of(3, 200));
    expect(await statuses(3, () => send(second, '/auth/login', [], 'POST'))).toEqual([200, 200, 429]);
    const answers = [];
    for (let n = 0; n < 25; n += 1) {
      answers.push((await send(first, '/assets')).status, (await send(second, '/assets')).status);
    }
    // 5 were logins; of what is let in without asking, each gateway may be one sync behind.
    const letIn = answers.filter((status) => status === 200).length;
    expect(letIn).toBeGreaterThanOrEqual(35);
    expect(letIn).toBeLessThanOrEqual(37);
  } finally {
    await first.close();
    await second.close();
  }
});
