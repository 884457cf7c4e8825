import { openEnvelope } from '@artdag/envelope';
import { privateKeyPem, readKeyPairDer, type KeyPair } from './key-pair.ts';
import { deleteWaiting, listKeyRows, storePrivate, type KeyRow } from './key-rows.repository.ts';
import { eachSet, RefusedSet, type MovedSet, type MoveKeysDeps, type MoveKeysOptions } from './move-keys.ts';
import { readPrimary } from './pair-of-row.ts';

/** Writes the primary pairs that the database holds as key files. A file that is there already must be the same key's. */
export async function exportKeys(deps: MoveKeysDeps, o: MoveKeysOptions): Promise<MovedSet[]> {
  const rows = await listKeyRows(deps.execute, o.username);
  if (o.username !== undefined && rows.length === 0) {
    return [{ username: o.username, outcome: 'refused', detail: 'the database has no keys of theirs.' }];
  }
  const usernames = [...new Set(rows.map(({ username }) => username))];
  return await eachSet(usernames, (username) =>
    exportSet(deps, { username, remove: o.remove, rows: rows.filter((row) => row.username === username) }),
  );
}

type OpenedRow = KeyRow & { pair: KeyPair };

async function exportSet(
  deps: MoveKeysDeps,
  { username, rows, remove }: { username: string; rows: KeyRow[]; remove: boolean },
): Promise<MovedSet> {
  const held = rows.filter((row) => row.privateEnc !== null);
  if (held.length === 0) {
    return { username, outcome: 'unchanged', detail: 'the database holds no private key of theirs.' };
  }
  // Everything is opened and compared before the first file is written: no half set.
  const opened = held.map((row): OpenedRow => ({ ...row, pair: openRow(deps, row) }));
  const missing: OpenedRow[] = [];
  for (const row of opened) if (!(await isThere(deps, row))) missing.push(row);
  await writeAll(deps, missing);
  for (const { kind, publicKeyPem } of opened) if (kind === 'rsa') await deps.files.publish(username, publicKeyPem);
  if (remove) await removeRows(deps, opened);
  return { username, outcome: missing.length > 0 || remove ? 'moved' : 'unchanged' };
}

function openRow(deps: MoveKeysDeps, { keyId, kind, publicKeyPem, privateEnc }: KeyRow): KeyPair {
  let pair: KeyPair;
  try {
    pair = readKeyPairDer(openEnvelope(deps.keys, keyId, String(privateEnc)), kind);
  } catch {
    throw new RefusedSet(`the private key of ${keyId} opens under none of the master keys given.`);
  }
  if (pair.publicKeyPem === publicKeyPem) return pair;
  throw new RefusedSet(`the private key stored for ${keyId} is not the one that was published.`);
}

async function isThere(deps: MoveKeysDeps, { username, kind, publicKeyPem }: OpenedRow): Promise<boolean> {
  const file = deps.files.path(username, kind);
  const unreadable = new RefusedSet(`${file} is there and cannot be read as a key.`);
  const there = await readPrimary(deps.files, username, kind).catch(() => Promise.reject(unreadable));
  if (there !== null && there.publicKeyPem !== publicKeyPem) throw new RefusedSet(`${file} holds another key.`);
  return there !== null;
}

async function writeAll(deps: MoveKeysDeps, rows: OpenedRow[]): Promise<void> {
  const written: OpenedRow[] = [];
  try {
    for (const row of rows) {
      const created = await deps.files.createPrivate(row.username, row.kind, privateKeyPem(row.pair.privateKey));
      if (created) written.push(row);
      else if (!(await isThere(deps, row))) throw new RefusedSet('a key file appeared and vanished; run this again.');
    }
  } catch (error) {
    for (const { username, kind } of written) await deps.files.remove(username, kind);
    throw error;
  }
}

/** Only after the files have been read back. */
async function removeRows(deps: MoveKeysDeps, rows: OpenedRow[]): Promise<void> {
  for (const row of rows) {
    if (!(await isThere(deps, row))) throw new RefusedSet('a key file vanished again; the database was left as it is.');
  }
  await deps.transaction(async (execute) => {
    for (const { keyId, publicKeyPem, waiting } of rows) {
      if (waiting) await deleteWaiting(execute, keyId, publicKeyPem);
      else await storePrivate(execute, { keyId, publicKeyPem, privateEnc: null });
    }
  });
}
