import type { L1Store } from './l1-store.ts';

/** What is used of an ioredis client; a Redis of 6.2 or later. */
export interface RedisClient {
  get(key: string): Promise<string | null>;
  call(command: string, ...args: (string | number)[]): Promise<unknown>;
  eval(script: string, keys: number, ...args: (string | number)[]): Promise<unknown>;
  smembers(key: string): Promise<string[]>;
}

const raiseScript = `
local known = redis.call('GET', KEYS[1])
if not known or tonumber(known) < tonumber(ARGV[1]) then redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2]) end`;

const addScript = `
redis.call('SADD', KEYS[1], ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[2])`;

/**
 * In Redis, for any number of processes. Give the client a `commandTimeout` and a low `maxRetriesPerRequest`: with neither, a request waits for as long as
 * Redis is away. Wants `maxmemory-policy noeviction`, as an evicted revocation is a forgotten one.
 */
export function createRedisStore(redis: RedisClient, o: { keyPrefix?: string } = {}): L1Store {
  const at = (key: string): string => `${o.keyPrefix ?? 'l1:'}${key}`;
  const whole = (ms: number): number => Math.max(1, Math.ceil(ms));
  return {
    get: async (key) => (await redis.get(at(key))) ?? undefined,
    set: async (key, value, ttlMs) => void (await redis.call('SET', at(key), value, 'PX', whole(ttlMs))),
    setIfAbsent: async (key, value, ttlMs) =>
      (await redis.call('SET', at(key), value, 'PX', whole(ttlMs), 'NX')) !== null,
    raise: async (key, value, ttlMs) => void (await redis.eval(raiseScript, 1, at(key), value, whole(ttlMs))),
    delete: async (key) => void (await redis.call('DEL', at(key))),
    add: async (key, member, ttlMs) => void (await redis.eval(addScript, 1, at(key), member, whole(ttlMs))),
    members: (key) => redis.smembers(at(key)),
    remove: async (key, member) => void (await redis.call('SREM', at(key), member)),
  };
}
