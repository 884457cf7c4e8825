import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { childEnvironment } from './config.ts';
import { eventually } from './eventually.ts';
import { freePort } from './free-port.ts';

/** A Redis of the test's own, to be killed and flushed. Keeps its port over restarts. */
export interface TestRedis {
  readonly url: string;
  readonly port: number;
  /** SIGKILL: nothing is saved. */
  kill: () => Promise<void>;
  /** A new process on the same port, with nothing in it, or with what `snapshot` once took. */
  restart: (o?: { snapshot?: string }) => Promise<void>;
  /** Stops every thread of it (SIGSTOP): it accepts connections and answers nothing. */
  pause: () => void;
  resume: () => void;
  /** Writes all that it holds to a file and returns its path. */
  snapshot: () => Promise<string>;
  /** One command, as typed; its answer as Redis sends it. */
  command: (line: string) => Promise<string>;
  /** Ends it and removes its files. */
  close: () => Promise<void>;
}

const servers = new Set<ChildProcess>();
process.once('exit', () => {
  for (const server of servers) server.kill('SIGKILL');
});

export async function startTestRedis(): Promise<TestRedis> {
  const dir = await mkdtemp(join(tmpdir(), 'artdag-redis-'));
  const port = await freePort();
  let server: ChildProcess | undefined;
  let snapshots = 0;

  const command = (line: string): Promise<string> => ask(port, line);
  const start = async (): Promise<void> => {
    const args = ['--port', String(port), '--bind', '127.0.0.1', '--dir', dir, '--save', '', '--appendonly', 'no'];
    server = spawn('redis-server', args, { env: childEnvironment(), stdio: 'ignore' });
    servers.add(server);
    await eventually(async () => (await command('PING')).includes('PONG'));
  };
  const kill = async (): Promise<void> => {
    if (server === undefined) return;
    const ended = once(server, 'exit');
    server.kill('SIGKILL');
    await ended;
    servers.delete(server);
    server = undefined;
  };

  await start();
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    kill,
    async restart(o = {}) {
      await kill();
      const dump = join(dir, 'dump.rdb');
      await rm(dump, { force: true });
      if (o.snapshot !== undefined) await copyFile(o.snapshot, dump);
      await start();
    },
    pause: () => void server?.kill('SIGSTOP'),
    resume: () => void server?.kill('SIGCONT'),
    async snapshot() {
      await command('SAVE');
      const path = join(dir, `snapshot-${(snapshots += 1)}.rdb`);
      await copyFile(join(dir, 'dump.rdb'), path);
      return path;
    },
    command,
    async close() {
      await kill();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** Redis's inline protocol: a line, and what comes back first. */
async function ask(port: number, line: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    socket.write(`${line}\r\n`);
    const [answer] = (await once(socket, 'data')) as [Buffer];
    return answer.toString();
  } finally {
    socket.destroy();
  }
}
