import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually, freePort } from '@artdag/testing';
import { Redis } from 'ioredis';

/** A Redis server of the test's own, to be treated badly. It writes nothing to disk unless `save` is called. */
export interface RedisServer {
  readonly url: string;
  /** SIGKILL, without a last word. */
  kill(): Promise<void>;
  /** Starts it again on the same port: empty, or from the snapshot that `save` made. */
  start(from?: 'nothing' | 'snapshot'): Promise<void>;
  /** Keeps what it holds now for `start('snapshot')`. */
  save(): Promise<void>;
  remove(): Promise<void>;
}

async function command(url: string, ...words: [string, ...string[]]): Promise<unknown> {
  const redis = new Redis(url, { lazyConnect: true, maxRetriesPerRequest: 0, retryStrategy: () => null });
  redis.on('error', () => undefined);
  try {
    await redis.connect();
    return await redis.call(...words);
  } finally {
    redis.disconnect();
  }
}

/** @throws Error when there is no `redis-server` to run */
export async function startRedisServer(): Promise<RedisServer> {
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}`;
  const folder = mkdtempSync(join(tmpdir(), 'artdag-redis-'));
  const dump = join(folder, 'dump.rdb');
  const kept = join(folder, 'kept.rdb');
  let server: ChildProcess | undefined;

  const kill = async (): Promise<void> => {
    const child = server;
    server = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'close');
  };
  const start = async (from: 'nothing' | 'snapshot' = 'nothing'): Promise<void> => {
    rmSync(dump, { force: true });
    if (from === 'snapshot') copyFileSync(kept, dump);
    const settings = [
      '--port',
      String(port),
      '--bind',
      '127.0.0.1',
      '--dir',
      folder,
      '--save',
      '',
      '--appendonly',
      'no',
    ];
    const child = spawn('redis-server', [...settings, '--maxmemory-policy', 'noeviction'], { stdio: 'ignore' });
    server = child;
    const failed = once(child, 'error').then(([error]) => {
      throw new Error('this suite needs redis-server in the PATH', { cause: error });
    });
    await Promise.race([failed, eventually(async () => (await command(url, 'PING')) === 'PONG', { everyMs: 5 })]);
  };
  const end = (): void => void server?.kill('SIGKILL');
  process.once('exit', end);
  await start();
  return {
    url,
    kill,
    start,
    async save() {
      await command(url, 'SAVE');
      copyFileSync(dump, kept);
    },
    async remove() {
      process.off('exit', end);
      await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
