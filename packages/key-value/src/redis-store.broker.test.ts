import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { useTestRedis, type TestRedis } from './redis.testing.ts';
import { eventually } from './eventually.testing.ts';
import { describeStoreContract, log } from './store-contract.testing.ts';

let redis: TestRedis;
beforeAll(() => {
  redis = useTestRedis();
});
afterAll(() => redis.close());

describe('the Redis store', () => {
  let run = 0;
  describeStoreContract(() => redis.store({ keyPrefix: `${redis.prefix}${(run += 1)}:` }));

  it('shares values, counters and messages between processes', async () => {
    const [one, two] = [redis.store(), redis.store()];
    await one.set('shared', 'x');
    await expect(two.get('shared')).resolves.toBe('x');
    await Promise.all([one, two, one, two].map((store) => store.increment('counter', { ttlMs: 60_000 })));
    await expect(two.get('counter')).resolves.toBe('4');
    const seen = log();
    await two.subscribe('channel', seen.onMessage, seen.onGap);
    await one.publish('channel', 'hello');
    await eventually(() => expect(seen.messages).toEqual(['hello']));
  });

  it('keeps to its prefix', async () => {
    await redis.store().set('where', 'here');
    await expect(redis.plain.get(`${redis.prefix}where`)).resolves.toBe('here');
    await expect(redis.plain.get('where')).resolves.toBeNull();
  });

  it('never has a counter without an expiry', async () => {
    await redis.store().increment('limited', { ttlMs: 60_000 });
    const leftMs = await redis.plain.pttl(`${redis.prefix}limited`);
    expect(leftMs).toBeGreaterThan(30_000);
    expect(leftMs).toBeLessThanOrEqual(60_000);
  });

  it('tells of a hole in the numbers, and of a counter that was lost, before the message', async () => {
    const store = redis.store();
    const order: string[] = [];
    await store.subscribe(
      'holes',
      (message) => order.push(message),
      () => order.push('gap'),
    );
    await store.publish('holes', 'one');
    await redis.plain.incr(`${redis.prefix}channel-sequence:holes`);
    await store.publish('holes', 'three');
    await redis.plain.del(`${redis.prefix}channel-sequence:holes`);
    await store.publish('holes', 'again');
    await store.publish('holes', 'more');
    await eventually(() => expect(order).toEqual(['one', 'gap', 'three', 'gap', 'again', 'more']));
  });

  it('leaves alone what others publish on the channel', async () => {
    const store = redis.store();
    const seen = log();
    await store.subscribe('foreign', seen.onMessage, seen.onGap);
    await redis.plain.publish(`${redis.prefix}foreign`, 'not numbered');
    await store.publish('foreign', 'ours');
    await eventually(() => expect(seen.messages).toEqual(['ours']));
    expect(seen.gaps).toBe(0);
  });
});
