import { randomBytes } from 'node:crypto';
import { link, mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** Told what has just been done to a folder; a test stops there, as a crash would. */
export type AfterStep = (step: string) => void | Promise<void>;

/**
 * Written under another name, synced, then linked: the file appears whole or not at all, and never over another one.
 *
 * @returns false when there is such a file already
 */
export async function createWhole(
  o: { folder: string; path: string; text: string },
  afterStep: AfterStep,
): Promise<boolean> {
  return await withTemporary(o.folder, { text: o.text, mode: 0o600 }, async (temporary) => {
    await afterStep('written aside');
    const linked = await linkUnlessThere(temporary, o.path);
    if (linked) await afterStep('linked');
    return linked;
  });
}

/** Writes a file under a temporary name in the folder (made with 0700), hands it to `place`, and removes what is left of it. */
export async function withTemporary<T>(
  folder: string,
  { text, mode }: { text: string; mode: number },
  place: (temporary: string) => Promise<T>,
): Promise<T> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const temporary = join(folder, `${randomBytes(12).toString('hex')}.tmp`);
  try {
    const file = await open(temporary, 'wx', mode);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    return await place(temporary);
  } finally {
    await rm(temporary, { force: true });
    await syncFolder(folder);
  }
}

/** A second name for a file, unless that name is taken. */
export async function linkUnlessThere(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  }
}

/** A link or a rename survives a power cut only once its folder is synced. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Null for a file that is not there. */
export async function unlessMissing<T>(work: Promise<T>): Promise<T | null> {
  try {
    return await work;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null;
    throw error;
  }
}

function hasCode(error: unknown, code: string): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === code;
}
