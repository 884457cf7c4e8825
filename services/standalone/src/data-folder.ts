import { existsSync, mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { StartupError } from './startup-error.ts';

const mebibyte = 1024 * 1024;

/** What an empty PostgreSQL cluster takes, and what a used one needs to go on writing. */
const neededBytes = { fresh: 160 * mebibyte, used: 16 * mebibyte };

const whatToDo = 'Set ARTDAG_DATA to a folder that you may write to.';

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EROFS') return 'is on a read-only file system';
  if (code === 'EACCES' || code === 'EPERM') return 'may not be written by this user';
  if (code === 'ENOSPC' || code === 'EDQUOT') return 'is full';
  if (code === 'ENOTDIR' || code === 'EEXIST') return 'is not a folder';
  if (code === 'ENOENT') return 'cannot be made there';
  return `cannot be used (${String(code ?? error)})`;
}

/** Like `mkdir -p`, level by level: Node's own never ends on file systems that refuse new folders, such as /proc. */
function makeFolder(folder: string): void {
  if (!existsSync(dirname(folder))) makeFolder(dirname(folder));
  if (!existsSync(folder)) mkdirSync(folder, { mode: 0o700 });
}

/** Free bytes on the file system of the folder, for this user. */
export function freeBytes(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}

/**
 * Makes the data folder (mode 0700) and proves that it can be written.
 *
 * @throws StartupError with one clear line when it is read-only, full or not ours
 */
export function prepareDataFolder(
  folder: string,
  isFresh: boolean,
  free: (folder: string) => number = freeBytes,
): void {
  try {
    makeFolder(folder);
    const probe = join(folder, `.probe-${process.pid}`);
    writeFileSync(probe, Buffer.alloc(4096), { mode: 0o600 });
    rmSync(probe);
  } catch (error) {
    throw new StartupError(`the data folder ${folder} ${reasonOf(error)}. ${whatToDo}`);
  }
  const needed = isFresh ? neededBytes.fresh : neededBytes.used;
  const available = free(folder);
  if (available < needed) {
    const missing = `${Math.floor(available / mebibyte)} MiB are free, ${needed / mebibyte} MiB are needed`;
    throw new StartupError(
      `the data folder ${folder} is full: ${missing}. Free some space, or set ARTDAG_DATA to another folder.`,
    );
  }
}
