import { openEnvelope, sealEnvelope } from '@artdag/envelope';
import { firstKeyId } from './key-id.ts';
import { keyKinds, privateKeyDer, type KeyPair, type KeyKind } from './key-pair.ts';
import {
  deleteWaiting,
  listKeyRows,
  lockUser,
  storePrivate,
  storeWaiting,
  type KeyRow,
} from './key-rows.repository.ts';
import { eachSet, RefusedSet, type MovedSet, type MoveKeysDeps, type MoveKeysOptions } from './move-keys.ts';
import { pairOfRow, readPrimary } from './pair-of-row.ts';

/**
 * Brings key files into the database, one transaction per user. A primary key's row gets the private half when the file is that key's;
 * whoever has no keys yet finds the pair waiting.
 */
export async function importKeys(deps: MoveKeysDeps, o: MoveKeysOptions): Promise<MovedSet[]> {
  const usernames = o.username === undefined ? await deps.files.listUsers() : [o.username];
  return await eachSet(usernames, (username) => importSet(deps, username, o.remove));
}

type FoundPair = KeyPair & { kind: KeyKind; row: KeyRow | undefined };

async function importSet(deps: MoveKeysDeps, username: string, remove: boolean): Promise<MovedSet> {
  const found = await readSet(deps, username);
  await deps.transaction(async (execute) => {
    await lockUser(execute, username);
    const rows = await listKeyRows(execute, username);
    for (const pair of found) {
      const primary = rows.find((row) => row.kind === pair.kind && !row.waiting);
      // What was read without the lock may have changed under it: a rotation, a first pair.
      if (primary?.keyId !== pair.row?.keyId) throw new RefusedSet('its keys changed meanwhile; run this again.');
      const { publicKeyPem } = pair;
      const keyId = primary?.keyId ?? firstKeyId(deps.publicUrl, username, pair.kind);
      const privateEnc = sealEnvelope(deps.keys, keyId, privateKeyDer(pair.privateKey));
      const stored =
        primary === undefined
          ? await storeWaiting(execute, { keyId, username, kind: pair.kind, publicKeyPem, privateEnc })
          : await storePrivate(execute, { keyId, publicKeyPem, privateEnc });
      if (!stored && primary !== undefined) throw new RefusedSet('its keys changed meanwhile; run this again.');
      if (!stored) throw new RefusedSet(`another ${pair.kind} pair waits in the database already.`);
      if (primary !== undefined) await deleteWaiting(execute, keyId, publicKeyPem);
    }
  });
  if (remove) await removeFiles(deps, username, found);
  const waiting = found.filter(({ row }) => row === undefined).map(({ kind }) => kind);
  if (waiting.length === 0) return { username, outcome: 'moved' };
  const detail = `as ${waiting.map((kind) => firstKeyId(deps.publicUrl, username, kind)).join(' and ')}`;
  return { username, outcome: 'waiting', detail };
}

/** All pairs that the folder has of a user, each checked against its row. */
async function readSet(deps: MoveKeysDeps, username: string): Promise<FoundPair[]> {
  const rows = (await listKeyRows(deps.execute, username)).filter(({ waiting }) => !waiting);
  const found: FoundPair[] = [];
  for (const kind of keyKinds) {
    const row = rows.find((candidate) => candidate.kind === kind);
    const file = deps.files.path(username, kind);
    const unreadable = new RefusedSet(`${file} cannot be read as a private key of kind ${kind}.`);
    const read = row === undefined ? readPrimary(deps.files, username, kind) : pairOfRow(deps.files, row);
    const pair = await read.catch(() => Promise.reject(unreadable));
    if (pair === 'another key') throw new RefusedSet(`${file} holds another key than the one that was published.`);
    if (pair !== null && pair !== 'missing') found.push({ ...pair, kind, row });
  }
  if (found.length === 0)
    throw new RefusedSet(`there is no ${deps.files.path(username, 'rsa')}, nor its Ed25519 file.`);
  return found;
}

/** Only after the database's copy has been opened and found to be the same key. */
async function removeFiles(deps: MoveKeysDeps, username: string, found: FoundPair[]): Promise<void> {
  const rows = await listKeyRows(deps.execute, username);
  for (const { kind, publicKeyPem, privateKey } of found) {
    const row = rows.find((candidate) => candidate.kind === kind && candidate.publicKeyPem === publicKeyPem);
    const sealed = row?.privateEnc ?? null;
    const stored = row === undefined || sealed === null ? null : openEnvelope(deps.keys, row.keyId, sealed);
    if (stored === null || !stored.equals(privateKeyDer(privateKey))) {
      throw new RefusedSet('what the database holds is not what was read; the files were left.');
    }
  }
  for (const { kind } of found) await deps.files.remove(username, kind);
}
