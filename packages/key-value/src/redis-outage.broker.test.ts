import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { KeyValueError } from './key-value-error.ts';
import type { KeyValueStore } from './key-value-store.ts';
import { useTestRedis, type TestRedis } from './redis.testing.ts';
import { eventually } from './eventually.testing.ts';
import { log } from './store-contract.testing.ts';
import { startTcpProxy, type TcpProxy } from './tcp-proxy.testing.ts';

const commandTimeoutMs = 1000;
/** Of a store whose answers are to be waited for: a machine that stands still is no outage of Redis. */
const patient = { commandTimeoutMs: 30_000 };
/** Much more than the time-out, as the machine may be busy; whoever waits for a connection that is swallowed waits for ever. */
const atLastMs = 20_000;
let redis: TestRedis;
let proxy: TcpProxy;
let direct: KeyValueStore;
let errors: Error[];
const unhandled: unknown[] = [];
const collect = (reason: unknown) => unhandled.push(reason);

beforeEach(async () => {
  redis = useTestRedis();
  proxy = await startTcpProxy(redis.target);
  direct = redis.store();
  errors = [];
  process.on('unhandledRejection', collect);
  process.on('uncaughtException', collect);
});

afterEach(async () => {
  await redis.close();
  await proxy.close();
  await sleep(20);
  process.off('unhandledRejection', collect);
  process.off('uncaughtException', collect);
  if (unhandled.length > 0) throw new AggregateError(unhandled.splice(0), 'an error was not handled');
});

function storeThroughProxy(o: { commandTimeoutMs?: number } = {}): KeyValueStore {
  const onError = (error: Error) => errors.push(error);
  return redis.store({ url: redis.through(proxy.port), commandTimeoutMs, heartbeatMs: 100, onError, ...o });
}

/** Runs a scenario again, twice at most, when the machine may have stood still in it. */
async function undisturbed(scenario: () => Promise<void>): Promise<void> {
  for (let failures = 0; ; failures += 1) {
    try {
      return await scenario();
    } catch (error) {
      if (failures === 2) throw error;
      proxy.setMode('pass');
    }
  }
}

async function failureTimeMs(call: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await expect(call()).rejects.toThrow(KeyValueError);
  return performance.now() - start;
}

describe('Redis behind a network that swallows everything', () => {
  it('fails every command within the time-out, at once when it is known, and recovers by itself', async () => {
    const store = storeThroughProxy();
    await eventually(() => store.set('key', 'before'));
    proxy.setMode('blackhole');
    const first = await Promise.all([
      failureTimeMs(() => store.get('key')),
      failureTimeMs(() => store.set('key', 'lost')),
      failureTimeMs(() => store.increment('hits', { ttlMs: 5000 })),
      failureTimeMs(() => store.publish('channel', 'x')),
      failureTimeMs(() => store.ping()),
    ]);
    expect(Math.max(...first)).toBeLessThan(atLastMs);
    await sleep(commandTimeoutMs * 3);
    expect(await failureTimeMs(() => store.get('key'))).toBeLessThan(atLastMs);

    proxy.setMode('pass');
    await eventually(() => expect(store.get('key')).resolves.toBe('before'), 15_000);
  });

  it('notices on the subscribing connection, tells of the gap once it stands again, and brings what follows', async () => {
    // A machine that stands still for longer than the time-out is an outage of its own, with a gap of its own.
    await undisturbed(async () => {
      const store = storeThroughProxy();
      const seen = log();
      await store.subscribe('channel', seen.onMessage, seen.onGap);
      await direct.publish('channel', 'one');
      await eventually(() => expect(seen.messages).toEqual(['one']));
      expect(seen.gaps).toBe(0);
      proxy.setMode('blackhole');
      await direct.publish('channel', 'lost');
      await sleep(commandTimeoutMs * 4);
      proxy.setMode('pass');
      await eventually(() => expect(seen.gaps).toBe(1), 15_000);
      await direct.publish('channel', 'three');
      await eventually(() => expect(seen.messages).toEqual(['one', 'three']), 5_000);
      expect(seen.gaps).toBe(1);
    });
  });

  it('closes all the same', async () => {
    const store = storeThroughProxy();
    await store.subscribe(
      'channel',
      () => undefined,
      () => undefined,
    );
    proxy.setMode('blackhole');
    const start = performance.now();
    await store.close();
    expect(performance.now() - start).toBeLessThan(atLastMs);
  });
});

describe('Redis with connections that break', () => {
  it('does not repeat a command whose answer was lost', async () => {
    const store = storeThroughProxy(patient);
    await store.ping();
    proxy.setMode('deaf');
    const unanswered = failureTimeMs(() => store.increment('once', { ttlMs: 60_000 }));
    await eventually(() => expect(direct.get('once')).resolves.toBe('1'));
    proxy.cut();
    await unanswered;
    proxy.setMode('pass');
    await eventually(() => store.ping(), 15_000);
    await expect(direct.get('once')).resolves.toBe('1');
  });

  it('tells every subscriber of a connection that was cut', async () => {
    const store = storeThroughProxy(patient);
    const [a, b] = [log(), log()];
    await store.subscribe('a', a.onMessage, a.onGap);
    await store.subscribe('b', b.onMessage, b.onGap);
    for (let cuts = 1; cuts <= 3; cuts += 1) {
      proxy.cut();
      await eventually(() => expect([a.gaps, b.gaps]).toEqual([cuts, cuts]), 15_000);
      await direct.publish('a', `${cuts}`);
      await eventually(() => expect(a.messages).toHaveLength(cuts));
    }
    expect(a.messages).toEqual(['1', '2', '3']);
  });

  it('lets a subscriber in while Redis is away, and tells of the gap when it is back', async () => {
    proxy.setMode('refuse');
    const store = storeThroughProxy(patient);
    const seen = log();
    const start = performance.now();
    const leave = await store.subscribe('early', seen.onMessage, seen.onGap);
    expect(performance.now() - start).toBeLessThan(atLastMs);
    proxy.setMode('pass');
    await eventually(() => expect(seen.gaps).toBe(1), 15_000);
    await direct.publish('early', 'x');
    await eventually(() => expect(seen.messages).toEqual(['x']));
    await leave();
    expect(errors.length).toBeGreaterThan(0);
  });

  it('waits for the first connection, so that a start needs no retries', async () => {
    const store = storeThroughProxy(patient);
    await expect(store.get('nothing')).resolves.toBeNull();
  });
});

describe('Redis that is not there', () => {
  it('fails at once, with a message that says what to look at and holds no password, key or value', async () => {
    const store = redis.store({
      // Nobody listens there.
      url: 'redis://user:hunter2@127.0.0.1:1',
      commandTimeoutMs: 50_000,
      onError: (error) => errors.push(error),
    });
    await failureTimeMs(() => store.ping());
    expect(await failureTimeMs(() => store.ping())).toBeLessThan(atLastMs);
    const failed = store.set('the-key', 'the-value');
    await expect(failed).rejects.toThrow(/REDIS_URL/);
    const error: Error = await failed.then(
      () => new Error(),
      (e: Error) => e,
    );
    const texts = [error, ...errors]
      .map((e) => `${e.message} ${e.stack} ${JSON.stringify(e)} ${String(e.cause)}`)
      .join('\n');
    expect(texts).not.toMatch(/hunter2|the-key|the-value/);
  });
});
