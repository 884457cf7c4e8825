import type { KeyFiles } from './key-files.ts';
import { keyNumber } from './key-id.ts';
import { readKeyPair, type KeyKind, type KeyPair } from './key-pair.ts';

/** What a row of `actor_keys` says of a pair. */
export interface PublishedKey {
  keyId: string;
  username: string;
  kind: KeyKind;
  publicKeyPem: string;
}

/**
 * The pair in the folder that a row published: the primary file's, or what a rotation staged and had no time to put in its place, which
 * is then done here. A `.pub` of before is written anew.
 *
 * @throws Error when the file cannot be read as a key
 */
export async function pairOfRow(files: KeyFiles, row: PublishedKey): Promise<KeyPair | 'missing' | 'another key'> {
  const { username, kind, publicKeyPem, keyId } = row;
  let failure: unknown;
  const first = await readPrimary(files, username, kind).catch((error: unknown) => {
    failure = error;
    return null;
  });
  if (first?.publicKeyPem === publicKeyPem) {
    await ifPossible(publishOnce(files, row));
    return first;
  }
  const staged = await readStagedPair(files, row);
  if (staged !== null) {
    await ifPossible(files.place(username, kind, { publicKeyPem, formerNumber: keyNumber(keyId) - 1 }));
    await ifPossible(publishOnce(files, row));
    return staged;
  }
  if (failure !== undefined) throw failure;
  // Between the two looks somebody else may have put it in its place.
  const again = await readPrimary(files, username, kind);
  if (again?.publicKeyPem === publicKeyPem) return again;
  return again === null ? 'missing' : 'another key';
}

/** The pair of the primary file, whatever the row says. @throws Error when it cannot be read as a key */
export async function readPrimary(files: KeyFiles, username: string, kind: KeyKind): Promise<KeyPair | null> {
  const pem = await files.readPrivate(username, kind);
  return pem === null ? null : readKeyPair(pem, kind);
}

async function readStagedPair(files: KeyFiles, row: PublishedKey): Promise<KeyPair | null> {
  const pem = await files.readStaged(row.username, row.kind, row.publicKeyPem);
  const pair = pem === null ? null : readKeyPair(pem, row.kind);
  return pair?.publicKeyPem === row.publicKeyPem ? pair : null;
}

async function publishOnce(files: KeyFiles, { username, kind, publicKeyPem }: PublishedKey): Promise<void> {
  if (kind !== 'rsa' || (await files.readPublic(username)) === publicKeyPem) return;
  await files.publish(username, publicKeyPem);
}

/** In a folder that cannot be written to the key is good all the same; whoever opens it next tries again. */
async function ifPossible(work: Promise<void>): Promise<void> {
  await work.catch(() => undefined);
}
