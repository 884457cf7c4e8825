import { randomBytes } from 'node:crypto';
import { link, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { KeyKind } from './key-pair.ts';

/** A human's handle or an agent's (conflicts C9): nothing that could leave the folder. */
const safeName = /^[a-z0-9][a-z0-9-]{1,62}[a-z0-9]$/;
const staleTemporaryMs = 10 * 60_000;

/** The folder `$ARTDAG_DATA/keys`: `{username}.pem`, `{username}.pub`, `{username}.ed25519.pem`. */
export interface KeyFiles {
  readPrivate(username: string, kind: KeyKind): Promise<string | null>;
  /** False when there is such a file already, which then stays as it is. */
  createPrivate(username: string, kind: KeyKind, pem: string): Promise<boolean>;
  /** Deletes a pair: the private file, and with an RSA pair the public one. */
  remove(username: string, kind: KeyKind): Promise<void>;
  /** Writes `{username}.pub`, replacing what is there. */
  publish(username: string, publicKeyPem: string): Promise<void>;
  /** Renames the files of a set to `{name}.<suffix>`; returns the new paths. */
  setAside(username: string, suffix: string): Promise<string[]>;
  /** Deletes the temporary files that crashes left. */
  sweep(now: Date): Promise<void>;
  path(username: string, file: KeyKind | 'public'): string;
}

const extensions = { rsa: '.pem', ed25519: '.ed25519.pem', public: '.pub' } as const;

/** Key files below a data folder, which is made (0700) when the first file is written. */
export function createKeyFiles(dataDir: string): KeyFiles {
  const folder = join(dataDir, 'keys');
  const path = (username: string, file: KeyKind | 'public'): string => {
    if (!safeName.test(username)) throw new Error(`"${username}" cannot name a key file: it is not a handle.`);
    return join(folder, username + extensions[file]);
  };
  return {
    path,
    readPrivate: async (username, kind) => await unlessMissing(readFile(path(username, kind), 'utf8')),
    createPrivate: async (username, kind, pem) => await createWhole(folder, path(username, kind), pem),
    async remove(username, kind) {
      await rm(path(username, kind), { force: true });
      if (kind === 'rsa') await rm(path(username, 'public'), { force: true });
    },
    async publish(username, publicKeyPem) {
      await withTemporary(folder, publicKeyPem, 0o644, async (temporary) => {
        await rename(temporary, path(username, 'public'));
      });
    },
    async setAside(username, suffix) {
      const moved: string[] = [];
      for (const file of ['rsa', 'public', 'ed25519'] as const) {
        const from = path(username, file);
        const to = `${from}.${suffix}`;
        if ((await unlessMissing(rename(from, to).then(() => true))) !== null) moved.push(to);
      }
      return moved;
    },
    async sweep(now) {
      for (const name of (await unlessMissing(readdir(folder))) ?? []) {
        if (!name.endsWith('.tmp')) continue;
        const age = now.getTime() - ((await unlessMissing(stat(join(folder, name))))?.mtimeMs ?? now.getTime());
        if (age > staleTemporaryMs) await rm(join(folder, name), { force: true });
      }
    },
  };
}

/** Written under another name, synced, then linked: the file appears whole or not at all, and never over another one. */
async function createWhole(folder: string, path: string, text: string): Promise<boolean> {
  return await withTemporary(folder, text, 0o600, async (temporary) => {
    try {
      await link(temporary, path);
      return true;
    } catch (error) {
      if (hasCode(error, 'EEXIST')) return false;
      throw error;
    }
  });
}

async function withTemporary<T>(
  folder: string,
  text: string,
  mode: number,
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

/** A link survives a power cut only once its folder is synced. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function unlessMissing<T>(work: Promise<T>): Promise<T | null> {
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
