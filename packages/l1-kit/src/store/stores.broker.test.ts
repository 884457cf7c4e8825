import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { startL1 } from '../l1.testing.ts';
import type { L1Store } from './l1-store.ts';
import { createMemoryStore } from './memory-store.ts';
import { createRedisStore } from './redis-store.ts';

let redis: Redis;
const keyPrefix = `test-${randomUUID()}:l1:`;
beforeAll(() => {
  redis = new Redis(process.env['TEST_REDIS_URL'] ?? 'redis://127.0.0.1:6379', {
    maxRetriesPerRequest: 1,
    commandTimeout: 2000,
  });
});
afterAll(async () => {
  const keys = await redis.keys(`${keyPrefix}*`);
  if (keys.length > 0) await redis.del(...keys);
  await redis.quit();
});

const stores: [string, () => L1Store][] = [
  ['in process', () => createMemoryStore()],
  ['in Redis', () => createRedisStore(redis, { keyPrefix })],
];

describe.each(stores)('a store %s', (_, open) => {
  it('keeps, replaces and forgets values', async () => {
    const store = open();
    expect(await store.get('a')).toBeUndefined();
    await store.set('a', '1', 60_000);
    await store.set('a', '2', 60_000);
    expect(await store.get('a')).toBe('2');
    await store.delete('a');
    expect(await store.get('a')).toBeUndefined();
  });

  it('sets once, and raises only', async () => {
    const store = open();
    expect([await store.setIfAbsent('b', '1', 60_000), await store.setIfAbsent('b', '2', 60_000)]).toEqual([
      true,
      false,
    ]);
    expect(await store.get('b')).toBe('1');
    for (const value of [1_800_000_000_001, 1_800_000_000_005, 1_800_000_000_003])
      await store.raise('c', value, 60_000);
    expect(await store.get('c')).toBe('1800000000005');
  });

  it('has sets', async () => {
    const store = open();
    await store.add('d', 'x', 60_000);
    await store.add('d', 'y', 60_000);
    await store.add('d', 'x', 60_000);
    expect((await store.members('d')).toSorted()).toEqual(['x', 'y']);
    await store.remove('d', 'x');
    expect([await store.members('d'), await store.members('none')]).toEqual([['y'], []]);
  });
});

it('shares sessions and revocations between two processes', async () => {
  const one = await startL1({ store: createRedisStore(redis, { keyPrefix }) });
  const two = await startL1({
    publicUrl: one.url,
    l2Servers: [one.l2.url],
    store: createRedisStore(redis, { keyPrefix }),
  });
  const { cookie, jti } = await one.enter('giles');
  expect((await two.me(cookie)).status).toBe(200);
  await one.l2.call('/auth/revoke', { jti, username: 'giles', l2_server: one.l2.url });
  expect([(await one.me(cookie)).status, (await two.me(cookie)).status]).toEqual([401, 401]);
  await one.close();
  await two.close();
});

it('keeps no token and no cookie in a key', async () => {
  const l1 = await startL1({ store: createRedisStore(redis, { keyPrefix }) });
  const { cookie, token } = await l1.enter('giles');
  const keys = (await redis.keys(`${keyPrefix}*`)).join('\n');
  expect(keys).not.toContain(token);
  expect(keys).not.toContain(cookie.split('=')[1]);
  await l1.close();
});
