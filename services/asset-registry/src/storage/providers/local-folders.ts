import { createHash, randomUUID } from 'node:crypto';
import { constants, type Stats } from 'node:fs';
import { lstat, open, realpath, rm, type FileHandle } from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';
import { hashFile } from './hash-file.ts';
import { ProviderFailure } from './provider-failure.ts';
import type { Copy, Finding, TestResult } from './copy.ts';

/** Folders of this machine, all below one root. What leads out of it, by `..` or by a symbolic link, is refused. */
export interface LocalFolders {
  /** Whether the path, absolute or from the root, is the root or below it; nothing is when there is no root. */
  contains(path: string): boolean;
  /** Creates a file, reads it back and deletes it. @throws ProviderFailure */
  probe(path: string): Promise<TestResult>;
  /** Whether the file has the bytes of the content hash. @throws ProviderFailure, also when the folder is not there: a disk may be away */
  compare(path: string, copy: Copy, signal: AbortSignal): Promise<Finding>;
}

// Neither the last step of a path may be a link that appeared meanwhile, nor a pipe hold us up.
const careful = constants.O_NOFOLLOW | constants.O_NONBLOCK;

export function createLocalFolders(root: string | undefined): LocalFolders {
  const enter = async (path: string): Promise<string> => {
    if (root === undefined || !isBelow(resolve(root), resolve(root, path))) {
      throw new ProviderFailure('The folder is not below STORAGE_LOCAL_ROOT.');
    }
    const [folder, top] = [await realPathOf(resolve(root, path)), await realPathOf(root)];
    if (folder === undefined || top === undefined) throw new ProviderFailure('The folder is not there.');
    if (isBelow(top, folder)) return folder;
    throw new ProviderFailure('The folder leads out of STORAGE_LOCAL_ROOT.');
  };
  return {
    contains: (path) => root !== undefined && isBelow(resolve(root), resolve(root, path)),
    async probe(path) {
      const file = join(await enter(path), `.artdag-probe-${randomUUID()}`);
      try {
        const isSame = await writesAndReads(file);
        await rm(file);
        return isSame
          ? { ok: true, message: 'A file can be written, read and deleted.' }
          : { ok: false, message: 'A file was read back with other bytes.' };
      } catch (error) {
        await rm(file, { force: true }).catch(() => undefined);
        return { ok: false, message: `A file cannot be written: ${reasonOf(error)}.` };
      }
    },
    async compare(path, { contentHash, location }, signal) {
      const folder = await enter(path);
      const file = await openBelow(folder, location ?? '');
      if (file === undefined) return { result: 'missing', message: 'There is no such file in the folder.' };
      try {
        const { size } = await file.stat();
        const isSame = (await hashFile(file, size, signal)) === contentHash;
        return isSame
          ? { result: 'present', message: 'The file has the bytes of the content hash.', sizeBytes: size }
          : { result: 'changed', message: 'The file has other bytes than those of the content hash.', sizeBytes: size };
      } finally {
        await file.close();
      }
    },
  };
}

async function writesAndReads(path: string): Promise<boolean> {
  const written = createHash('sha256').update(path).digest();
  const file = await open(path, constants.O_CREAT | constants.O_EXCL | constants.O_RDWR | careful, 0o600);
  try {
    await file.writeFile(written);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(written.length), 0, written.length, 0);
    return bytesRead === written.length && buffer.equals(written);
  } finally {
    await file.close();
  }
}

/** undefined when there is no regular file; a link that leads out of the folder is as good as none. */
async function openBelow(folder: string, location: string): Promise<FileHandle | undefined> {
  const path = await realPathOf(join(folder, location));
  if (path === undefined || !isBelow(folder, path)) return undefined;
  let file: FileHandle | undefined;
  try {
    file = await open(path, constants.O_RDONLY | careful);
    const stats = await file.stat();
    if (stats.isFile() && (await isStillBelow(folder, path, stats))) return file;
  } catch (error) {
    await file?.close();
    throw new ProviderFailure(`The file cannot be read: ${reasonOf(error)}.`, { cause: error });
  }
  await file.close();
  return undefined;
}

/** Looks again after opening, for a folder on the way that became a link in between. */
async function isStillBelow(folder: string, path: string, opened: Stats): Promise<boolean> {
  const now = await realPathOf(path);
  if (now === undefined || !isBelow(folder, now)) return false;
  const { dev, ino } = await lstat(now);
  return dev === opened.dev && ino === opened.ino;
}

/** undefined where there is nothing. */
async function realPathOf(path: string): Promise<string | undefined> {
  try {
    return await realpath(path);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(codeOf(error))) return undefined;
    throw new ProviderFailure(`The path cannot be followed: ${reasonOf(error)}.`, { cause: error });
  }
}

function isBelow(folder: string, path: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

const reasons = new Map([
  ['EACCES', 'its permissions do not allow it'],
  ['EPERM', 'its permissions do not allow it'],
  ['EROFS', 'the file system is read-only'],
  ['ENOSPC', 'the file system is full'],
  ['ENOTDIR', 'it is not a folder'],
  ['ELOOP', 'too many links lead to it'],
  ['ENAMETOOLONG', 'the name is too long'],
]);

function reasonOf(error: unknown): string {
  return reasons.get(codeOf(error)) ?? 'the system refuses';
}

function codeOf(error: unknown): string {
  return String((error as NodeJS.ErrnoException).code);
}
