import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { createRedisStore, type RedisStoreOptions } from './redis-store.ts';
import type { KeyValueStore } from './key-value-store.ts';

export const redisUrl = process.env['TEST_REDIS_URL'] ?? 'redis://127.0.0.1:6379';

export interface TestRedis {
  prefix: string;
  /** A plain connection to the server, past everything that is tested. */
  plain: Redis;
  store(o?: Partial<RedisStoreOptions>): KeyValueStore;
  /** The URL of a proxy in front of the server. */
  through(port: number): string;
  target: { host: string; port: number };
  /** Removes every key of the prefix, and closes the connections. */
  close(): Promise<void>;
}

export function useTestRedis(): TestRedis {
  const prefix = `artdag-test:${randomUUID()}:`;
  const plain = new Redis(redisUrl);
  const stores: KeyValueStore[] = [];
  const { hostname, port } = new URL(redisUrl);
  return {
    prefix,
    plain,
    target: { host: hostname, port: Number(port || 6379) },
    store(o = {}) {
      // A busy machine may answer late, and a test that is about that says so.
      const store = createRedisStore({ url: redisUrl, keyPrefix: prefix, commandTimeoutMs: 20_000, ...o });
      stores.push(store);
      return store;
    },
    through(proxyPort) {
      const url = new URL(redisUrl);
      url.hostname = '127.0.0.1';
      url.port = String(proxyPort);
      return url.href;
    },
    async close() {
      await Promise.all(stores.map((store) => store.close()));
      for await (const keys of plain.scanStream({ match: `${prefix}*`, count: 1000 }) as AsyncIterable<string[]>) {
        if (keys.length > 0) await plain.del(...keys);
      }
      await plain.quit();
    },
  };
}
