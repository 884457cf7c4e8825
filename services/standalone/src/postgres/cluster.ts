import { spawn } from 'node:child_process';
import { chownSync, closeSync, existsSync, mkdirSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { findPrograms, childEnv, run } from './programs.ts';
import { chooseRunAs } from './run-as.ts';

/** A PostgreSQL cluster in a folder of ours: its files, its one login and that login's password. */
export interface Cluster {
  folder: string;
  logFile: string;
  user: string;
  password: string;
}

/** Small, as one laptop serves one suite; durable, as it holds claims. */
const settings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '60',
  shared_buffers: '48MB',
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_wal_size: '256MB',
  io_method: 'sync',
  jit: 'off',
  log_min_messages: 'warning',
};

export function hasCluster(folder: string): boolean {
  return existsSync(join(folder, 'PG_VERSION'));
}

/**
 * Makes the cluster aside and renames it into place, so that a start that was killed leaves no half of one, and of two first starts one wins.
 */
export async function initCluster({ folder, user, password }: Cluster): Promise<void> {
  const { initdb } = await findPrograms();
  const as = chooseRunAs(folder);
  const draft = `${folder}.new-${process.pid}`;
  const passwordFile = `${draft}.password`;
  try {
    mkdirSync(draft, { mode: 0o700, recursive: true });
    writeFileSync(passwordFile, password, { mode: 0o600 });
    if (as.uid !== undefined) for (const path of [draft, passwordFile]) chownSync(path, as.uid, as.gid ?? as.uid);
    await run(
      initdb,
      [
        `--pgdata=${draft}`,
        '--auth=scram-sha-256',
        `--username=${user}`,
        `--pwfile=${passwordFile}`,
        '--encoding=UTF8',
        '--no-locale',
      ],
      as,
    );
    if (!hasCluster(folder)) renameSync(draft, folder);
  } finally {
    rmSync(passwordFile, { force: true });
    rmSync(draft, { force: true, recursive: true });
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        typeof address === 'object' && address ? resolve(address.port) : reject(new Error('no free port')),
      );
    });
  });
}

/** Starts a server that outlives a SIGKILL of ours and no orderly stop: its own process group, its log in a file. Returns its port. */
export async function spawnServer({ folder, logFile }: Cluster): Promise<{ port: number; exited: Promise<void> }> {
  const { postgres } = await findPrograms();
  const as = chooseRunAs(folder);
  const port = await freePort();
  mkdirSync(dirname(logFile), { recursive: true, mode: 0o700 });
  const log = openSync(logFile, 'w', 0o600);
  const flags = Object.entries({ ...settings, port: String(port) }).flatMap(([name, value]) => [
    '-c',
    `${name}=${value}`,
  ]);
  const [command = postgres, ...args] = [...as.prefix, postgres, '-D', folder, ...flags];
  const ids = as.uid === undefined ? {} : { uid: as.uid, gid: as.gid ?? as.uid };
  const child = spawn(command, args, { stdio: ['ignore', log, log], detached: true, env: childEnv(), ...ids });
  closeSync(log);
  const exited = new Promise<void>((resolve) => {
    child.once('error', () => resolve());
    child.once('exit', () => resolve());
  });
  child.unref();
  return { port, exited };
}
