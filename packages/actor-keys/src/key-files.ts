import { readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { KeyKind } from './key-pair.ts';
import { createStagedFiles, type StagedFiles } from './staged-files.ts';
import { createWhole, unlessMissing, withTemporary, type AfterStep } from './whole-file.ts';

/** A human's handle or an agent's (conflicts C9): nothing that could leave the folder. */
const handle = '[a-z0-9][a-z0-9-]{1,62}[a-z0-9]';
const safeName = new RegExp(`^${handle}$`);
const privateFile = new RegExp(`^(${handle})(\\.ed25519)?\\.pem$`);
const staleTemporaryMs = 10 * 60_000;

/** The folder `$ARTDAG_DATA/keys`: `{username}.pem`, `{username}.pub`, `{username}.ed25519.pem`, each the primary pair's. */
export interface KeyFiles extends StagedFiles {
  readPrivate(username: string, kind: KeyKind): Promise<string | null>;
  readPublic(username: string): Promise<string | null>;
  /** False when there is such a file already, which then stays as it is. */
  createPrivate(username: string, kind: KeyKind, pem: string): Promise<boolean>;
  /** Deletes a pair: the private file, and with an RSA pair the public one. */
  remove(username: string, kind: KeyKind): Promise<void>;
  /** Writes `{username}.pub`, replacing what is there. */
  publish(username: string, publicKeyPem: string): Promise<void>;
  /** Renames the files of a set to `{name}.<suffix>`; returns the new paths. */
  setAside(username: string, suffix: string): Promise<string[]>;
  /** Everybody who has a private file here, sorted. */
  listUsers(): Promise<string[]>;
  /** Deletes the temporary files that crashes left. */
  sweep(now: Date): Promise<void>;
  path(username: string, file: KeyKind | 'public'): string;
}

const extensions = { rsa: '.pem', ed25519: '.ed25519.pem', public: '.pub' } as const;

/** Key files below a data folder, which is made (0700) when the first file is written. */
export function createKeyFiles(dataDir: string, o: { afterStep?: AfterStep } = {}): KeyFiles {
  const folder = join(dataDir, 'keys');
  const afterStep = o.afterStep ?? (() => undefined);
  const path = (username: string, file: KeyKind | 'public'): string => {
    if (!safeName.test(username)) throw new Error(`"${username}" cannot name a key file: it is not a handle.`);
    return join(folder, username + extensions[file]);
  };
  return {
    ...createStagedFiles({ folder, path, afterStep }),
    path,
    readPrivate: async (username, kind) => await unlessMissing(readFile(path(username, kind), 'utf8')),
    readPublic: async (username) => await unlessMissing(readFile(path(username, 'public'), 'utf8')),
    createPrivate: async (username, kind, pem) =>
      await createWhole({ folder, path: path(username, kind), text: pem }, afterStep),
    async remove(username, kind) {
      await rm(path(username, kind), { force: true });
      if (kind === 'rsa') await rm(path(username, 'public'), { force: true });
    },
    async publish(username, publicKeyPem) {
      await withTemporary(folder, { text: publicKeyPem, mode: 0o644 }, async (temporary) => {
        await rename(temporary, path(username, 'public'));
      });
      await afterStep('published');
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
    async listUsers() {
      const names = (await unlessMissing(readdir(folder))) ?? [];
      return [...new Set(names.flatMap((name) => privateFile.exec(name)?.[1] ?? []))].toSorted();
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
