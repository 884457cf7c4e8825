import { KeyValueError } from './key-value-error.ts';
import { checkedTtl, type KeyValueStore } from './key-value-store.ts';
import { connectRedis } from './redis-connection.ts';
import { incrementScript, publishScript } from './redis-scripts.ts';
import { redisShared } from './redis-shared.ts';
import { createRedisSubscriber, type RedisSubscriber } from './redis-subscriber.ts';

export interface RedisStoreOptions {
  /** `redis://` or, for TLS, `rediss://`, with user, password and database number if need be. */
  url: string;
  /** Put before every key and channel. */
  keyPrefix?: string;
  /** 500 by default. */
  commandTimeoutMs?: number;
  /** How often the subscribing connection is asked whether it is alive; 2,000 by default. */
  heartbeatMs?: number;
  /** Told of connection errors and of what listeners throw; for a log. Nothing is thrown because of them. */
  onError?: (error: Error) => void;
}

/** The store for several processes. Connects at once and reconnects by itself; subscriptions have a connection of their own. */
export function createRedisStore(o: RedisStoreOptions): KeyValueStore {
  const prefix = o.keyPrefix ?? '';
  const onError = o.onError ?? (() => undefined);
  const connectionOptions = { url: o.url, commandTimeoutMs: o.commandTimeoutMs ?? 500, onError };
  const connection = connectRedis(connectionOptions);
  let subscriber: RedisSubscriber | undefined;
  let closed = false;

  function run<T>(command: string, work: Parameters<typeof connection.run<T>>[1]): Promise<T> {
    if (closed) return Promise.reject(new KeyValueError('The key-value store is closed.'));
    return connection.run(command, work);
  }

  function runAttributed<T>(command: string, work: Parameters<typeof connection.runAttributed<T>>[1]) {
    if (closed) return Promise.reject(new KeyValueError('The key-value store is closed.'));
    return connection.runAttributed(command, work);
  }

  return {
    get: (key) => run('GET', (redis) => redis.get(prefix + key)),
    async set(key, value, options) {
      const ttl = options?.ttlMs === undefined ? undefined : checkedTtl(options.ttlMs);
      await run('SET', (redis) =>
        ttl === undefined ? redis.set(prefix + key, value) : redis.set(prefix + key, value, 'PX', ttl),
      );
    },
    async setIfAbsent(key, value, { ttlMs }) {
      const ttl = checkedTtl(ttlMs);
      const answer = await run('SET', (redis) => redis.set(prefix + key, value, 'PX', ttl, 'NX'));
      return answer === 'OK';
    },
    async delete(...keys) {
      if (keys.length > 0) await run('DEL', (redis) => redis.del(...keys.map((key) => prefix + key)));
    },
    async increment(key, { ttlMs }) {
      const ttl = checkedTtl(ttlMs);
      return Number(await run('INCR', (redis) => redis.eval(incrementScript, 1, prefix + key, ttl)));
    },
    async publish(channel, message) {
      const keys = [`${prefix}channel-sequence:${channel}`, prefix + channel];
      await run('PUBLISH', (redis) => redis.eval(publishScript, 1, ...keys, message));
    },
    async subscribe(channel, onMessage, onGap) {
      if (closed) throw new KeyValueError('The key-value store is closed.');
      subscriber ??= createRedisSubscriber({
        connection: connectRedis(connectionOptions),
        heartbeatMs: o.heartbeatMs ?? 2000,
        onError,
      });
      return subscriber.subscribe(prefix + channel, onMessage, onGap);
    },
    ...redisShared(prefix, { run, runAttributed }),
    async ping() {
      await run('PING', (redis) => redis.ping());
    },
    async close() {
      closed = true;
      await Promise.all([connection.close(), subscriber?.close()]);
    },
  };
}
