import { Redis } from 'ioredis';
import { KeyValueError } from './key-value-error.ts';

export interface ConnectionOptions {
  url: string;
  commandTimeoutMs: number;
  onError: (error: Error) => void;
}

export interface RedisConnection {
  readonly redis: Redis;
  /** Runs one command; every failure is a KeyValueError without key or value in it. */
  run<T>(command: string, work: (redis: Redis) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/**
 * One ioredis connection that never makes anybody wait for long: a command fails after the time-out, and at once while the connection is
 * known to be down. The very first connection is waited for (within the time-out), so that a start needs no retries of its own.
 */
export function connectRedis(o: ConnectionOptions): RedisConnection {
  const redis = new Redis(o.url, {
    commandTimeout: o.commandTimeoutMs,
    connectTimeout: Math.max(o.commandTimeoutMs, 1000),
    // A peer that swallows everything would else stay "connected" until TCP gives up, minutes later.
    socketTimeout: o.commandTimeoutMs * 2,
    disconnectTimeout: o.commandTimeoutMs,
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
    // A command whose answer was lost is the caller's to repeat: an increment sent twice counts twice.
    autoResendUnfulfilledCommands: false,
    autoResubscribe: false,
    disableClientInfo: true,
    retryStrategy: (attempt) => Math.min(50 * 2 ** Math.min(attempt - 1, 5), 1000) + Math.floor(Math.random() * 100),
  });
  // Without a listener ioredis prints; the errors of commands reach their callers anyway.
  redis.on('error', (error: Error) => o.onError(new KeyValueError(`Redis at ${place(o.url)}: ${error.message}`)));

  let settled = false;
  const firstConnection = new Promise<void>((resolve) => {
    const settle = () => {
      settled = true;
      resolve();
    };
    redis.once('ready', settle);
    redis.once('close', settle);
    setTimeout(settle, o.commandTimeoutMs).unref();
  });

  return {
    redis,
    async run(command, work) {
      if (!settled) await firstConnection;
      try {
        return await work(redis);
      } catch (error) {
        throw new KeyValueError(failure(o, command, redis.status, error));
      }
    },
    async close() {
      if (redis.status === 'ready') await redis.quit().catch(() => undefined);
      if (redis.status !== 'end') redis.disconnect();
    },
  };
}

function failure(o: ConnectionOptions, command: string, status: string, error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const where = `Redis at ${place(o.url)}`;
  if (message === 'Command timed out') return `${where} did not answer ${command} within ${o.commandTimeoutMs} ms.`;
  if (status !== 'ready')
    return `${where} is not connected (${status}): ${command} was not done. Is REDIS_URL right, and Redis up?`;
  return `${where} refused ${command}: ${message}`;
}

/** Host and port only: the URL may hold a password. */
function place(url: string): string {
  return URL.parse(url)?.host ?? 'REDIS_URL';
}
