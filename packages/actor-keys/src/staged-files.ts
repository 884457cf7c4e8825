import { createHash } from 'node:crypto';
import { readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { publicKeyDigest, readKeyPair, type KeyKind } from './key-pair.ts';
import { createWhole, linkUnlessThere, syncFolder, unlessMissing, type AfterStep } from './whole-file.ts';

/** A staged pair of a rotation that never happened; a running one is done in seconds. */
const staleStagedMs = 10 * 60_000;

/**
 * The next private key of a rotation, whole in `{name}.next-<digest of its public key>` before its row is written and moved to
 * `{name}` after. Whoever knows the row finds the file, wherever the rotation was interrupted.
 */
export interface StagedFiles {
  stage(username: string, kind: KeyKind, key: { publicKeyPem: string; privatePem: string }): Promise<void>;
  readStaged(username: string, kind: KeyKind, publicKeyPem: string): Promise<string | null>;
  /** Throws the pair of a rotation away that did not happen. */
  unstage(username: string, kind: KeyKind, publicKeyPem: string): Promise<void>;
  /**
   * Moves the staged pair to its place and keeps the former one as `{name}.retired-<number>`. Any number of processes may do so at once
   * and again.
   */
  place(username: string, kind: KeyKind, o: { publicKeyPem: string; formerNumber: number }): Promise<void>;
  /** Deletes staged pairs of crashed rotations: the old ones among those that belong to none of these public keys. */
  sweepStaged(username: string, kind: KeyKind, keep: readonly string[], now: Date): Promise<void>;
}

export function createStagedFiles(o: {
  folder: string;
  path: (username: string, kind: KeyKind) => string;
  afterStep: AfterStep;
}): StagedFiles {
  const { folder, path, afterStep } = o;
  const staged = (username: string, kind: KeyKind, publicKeyPem: string): string =>
    `${path(username, kind)}.next-${publicKeyDigest(publicKeyPem)}`;
  const read = (file: string): Promise<string | null> => unlessMissing(readFile(file, 'utf8'));

  return {
    async stage(username, kind, { publicKeyPem, privatePem }) {
      await createWhole({ folder, path: staged(username, kind, publicKeyPem), text: privatePem }, afterStep);
    },
    readStaged: async (username, kind, publicKeyPem) => await read(staged(username, kind, publicKeyPem)),
    async unstage(username, kind, publicKeyPem) {
      await rm(staged(username, kind, publicKeyPem), { force: true });
    },
    async place(username, kind, { publicKeyPem, formerNumber }) {
      const file = path(username, kind);
      const next = staged(username, kind, publicKeyPem);
      const [former, waiting] = [await read(file), await read(next)];
      if (waiting === null || (former !== null && readKeyPair(former, kind).publicKeyPem === publicKeyPem)) return;
      // Whoever moves the next one over the former has first seen to it that the former has a second name.
      if (former !== null) await keep(file, `${file}.retired-${formerNumber}`, former);
      await afterStep('former kept');
      await unlessMissing(rename(next, file));
      await syncFolder(folder);
      await afterStep('placed');
    },
    async sweepStaged(username, kind, publicKeyPems, now) {
      const kept = new Set(publicKeyPems.map((pem) => basename(staged(username, kind, pem))));
      const beginning = `${basename(path(username, kind))}.next-`;
      for (const name of (await unlessMissing(readdir(folder))) ?? []) {
        if (!name.startsWith(beginning) || kept.has(name)) continue;
        const madeAt = (await unlessMissing(stat(join(folder, name))))?.mtimeMs ?? now.getTime();
        if (now.getTime() - madeAt > staleStagedMs) await rm(join(folder, name), { force: true });
      }
    },
  };
}

/** Gives a file a second name; one that is another file's already gets a suffix. */
async function keep(file: string, name: string, text: string): Promise<void> {
  if (await linkUnlessThere(file, name)) return;
  if ((await unlessMissing(readFile(name, 'utf8'))) === text) return;
  await linkUnlessThere(file, `${name}.${createHash('sha256').update(text).digest('hex').slice(0, 8)}`);
}
