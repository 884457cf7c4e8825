import { randomUUID } from 'node:crypto';
import { afterAll, expect, it } from '@jest/globals';
import { createRedisStore } from '@artdag/key-value';
import { brokerUrls, eventually, quietLogger } from '@artdag/testing';
import { of, send, startLimited, statuses } from './limited-gateway.testing.ts';

const keyPrefix = `artdag-test:${randomUUID()}:`;
// A Redis that answers late is not away.
const newStore = () => createRedisStore({ url: brokerUrls().redisUrl, keyPrefix, commandTimeoutMs: 20_000 });
// The gateways' own are closed with them.
const own = newStore();

afterAll(async () => {
  await own.delete('rl:anonymous:127.0.0.1', 'rl:session:127.0.0.1');
  await own.close();
});

it('two gateways on one Redis share every bucket', async () => {
  const stores = [newStore(), newStore()] as const;
  // Within one window of the clock: as soon as it rolls on, more is let in.
  await eventually(() => Date.now() % 60_000 < 35_000);
  const limits = { anonymous: 40, session: 5 };
  const first = await startLimited(limits, { logger: quietLogger(), overrides: { store: stores[0] } });
  const second = await startLimited(limits, { logger: quietLogger(), overrides: { store: stores[1] } });
  try {
    expect(await statuses(3, () => send(first, '/auth/login', [], 'POST'))).toEqual(of(3, 200));
    expect(await statuses(3, () => send(second, '/auth/login', [], 'POST'))).toEqual([200, 200, 429]);
    const answers = [];
    for (let n = 0; n < 25; n += 1) {
      answers.push((await send(first, '/assets')).status, (await send(second, '/assets')).status);
      // A sync, and that both have heard what it said.
      await new Promise((resolve) => setTimeout(resolve, 60));
      await Promise.all(stores.map((store) => store.ping()));
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
