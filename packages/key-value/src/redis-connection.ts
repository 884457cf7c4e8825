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
  /** The same, and which server process (its run_id) has answered. Rejects when that is not certain. */
  runAttributed<T>(command: string, work: (redis: Redis) => Promise<T>): Promise<{ reply: T; serverId: string }>;
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

  const server = watchServer(redis);

  async function run<T>(command: string, work: (client: Redis) => Promise<T>): Promise<T> {
    if (!settled) await firstConnection;
    try {
      return await work(redis);
    } catch (error) {
      throw new KeyValueError(failure(o, command, redis.status, error));
    }
  }

  return {
    redis,
    run,
    async runAttributed(command, work) {
      if (!settled) await firstConnection;
      const { epoch } = server;
      const reply = await run(command, work);
      if (server.epoch !== epoch || server.id === undefined)
        throw new KeyValueError(`Redis at ${place(o.url)}: it is not certain which server has answered ${command}.`);
      return { reply, serverId: server.id };
    },
    async close() {
      if (redis.status === 'ready') await redis.quit().catch(() => undefined);
      if (redis.status !== 'end') redis.disconnect();
    },
  };
}

interface ServerBehind {
  /** Another number for every connection. Replies to what was sent in an epoch come in that epoch, or never. */
  epoch: number;
  /** The run_id of the process at the other end; undefined until it has said so on this connection. */
  id: string | undefined;
}

function watchServer(redis: Redis): ServerBehind {
  const server: ServerBehind = { epoch: 0, id: undefined };
  const forget = () => {
    server.epoch += 1;
    server.id = undefined;
  };
  redis.on('connect', forget);
  redis.on('close', forget);
  redis.on('ready', () => {
    const { epoch } = server;
    // Ahead of every command of a caller, so its answer is there before theirs.
    redis.info('server').then(
      (text) => {
        if (server.epoch === epoch) server.id = /^run_id:(\w+)/m.exec(text)?.[1];
      },
      // A connection whose server does not say who it is serves nobody: the next one may.
      () => void (server.epoch === epoch && redis.status === 'ready' && redis.disconnect(true)),
    );
  });
  return server;
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
