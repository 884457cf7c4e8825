import type { Redis } from 'ioredis';
import { KeyValueError } from './key-value-error.ts';
import { checkedTtl, type KeyValueStore } from './key-value-store.ts';
import type { RedisConnection } from './redis-connection.ts';
import { replaceScript, setWhileScript, windowsScript } from './redis-scripts.ts';
import { checkedCharges } from './windows.ts';

type SharedMethods = Pick<KeyValueStore, 'read' | 'write' | 'clock' | 'setWhile' | 'replace' | 'countInWindows'>;

/** What several processes agree on by way of one server: which one it was, its clock, and steps that nothing comes between. */
export function redisShared(
  prefix: string,
  { run, runAttributed }: Pick<RedisConnection, 'run' | 'runAttributed'>,
): SharedMethods {
  return {
    async read(keys, o) {
      const asked =
        keys.length === 0
          ? runAttributed('PING', (redis) => redis.ping().then((): (string | null)[] => []))
          : runAttributed('MGET', (redis) => redis.mget(keys.map((key) => prefix + key)));
      const { reply, serverId } = await (o?.timeoutMs === undefined ? asked : within(o.timeoutMs, asked));
      return { values: reply, serverId };
    },
    async write(entries) {
      const commands = entries.map(({ key, value, ttlMs }) =>
        ttlMs === null ? ['del', prefix + key] : ['set', prefix + key, value, 'PX', String(checkedTtl(ttlMs))],
      );
      const { serverId } = await runAttributed('SET', (redis) => confirmed(redis, commands));
      return { serverId };
    },
    async clock() {
      const { reply, serverId } = await runAttributed('TIME', (redis) => redis.time());
      return { nowMs: Number(reply[0]) * 1000 + Math.floor(Number(reply[1]) / 1000), serverId };
    },
    async setWhile(guard, { key, value, endsAtMs }) {
      const args = [prefix + guard.key, prefix + key, guard.value, value, Math.floor(endsAtMs)];
      return (await run('SET', (redis) => redis.eval(setWhileScript, 2, ...args))) === 1;
    },
    async replace(key, expected, value, { ttlMs }) {
      const args = [prefix + key, expected === null ? '0' : '1', expected ?? '', value, checkedTtl(ttlMs)];
      return (await run('SET', (redis) => redis.eval(replaceScript, 1, ...args))) === 1;
    },
    async countInWindows(charges) {
      if (checkedCharges(charges).length === 0) return [];
      const keys = charges.map(({ key }) => prefix + key);
      const args = charges.flatMap(({ amount, limit, windowMs }) => [amount, limit ?? '', windowMs]);
      const flat = await run('EVAL', (redis) => redis.eval(windowsScript, keys.length, ...keys, ...args));
      const numbers = flat as number[];
      return charges.map((_, i) => ({
        allowed: numbers[3 * i] === 1,
        count: numbers[3 * i + 1] ?? 0,
        resetMs: numbers[3 * i + 2] ?? 0,
      }));
    },
  };
}

/** One round trip; rejects unless the server has confirmed every one. */
async function confirmed(redis: Redis, commands: string[][]): Promise<void> {
  if (commands.length === 0) return void (await redis.ping());
  const results = (await redis.pipeline(commands).exec()) ?? [];
  const failed = results.find(([error]) => error !== null);
  if (failed?.[0] || results.length !== commands.length)
    throw failed?.[0] ?? new Error('not every command was answered');
}

function within<T>(timeoutMs: number, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const late = () => reject(new KeyValueError(`The key-value store did not answer within ${timeoutMs} ms.`));
    const timer = setTimeout(late, timeoutMs);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
