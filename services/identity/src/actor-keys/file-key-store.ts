import {
  keyNumber,
  makeKeyPair,
  pairOfRow,
  privateKeyPem,
  readPrimary,
  type KeyFiles,
  type KeyKind,
} from '@artdag/actor-keys';
import { keyUnavailable, type ActorKey, type KeyOwner, type KeyStore, type Proposal } from './key-store.ts';

/**
 * `KEY_STORE=file`: private keys as files, the public RSA half beside them. Fits one process, or several on a shared
 * folder; a process on another folder finds rows without files and refuses (503) instead of making a second pair.
 */
export function createFileKeyStore(files: KeyFiles, now: () => Date): KeyStore {
  return {
    propose: async (owner, kind, keyId) =>
      await orUnavailable(owner, kind, keyId, () => proposeFile(files, owner, kind, keyId)),
    admit: async () => true,
    proposeNext: async (former, keyId) =>
      await orUnavailable(former, former.kind, keyId, () => stageFile(files, former, keyId)),
    async settleNext({ kind, publicKeyPem, keyId }, { username }, known) {
      await files.place(username, kind, { publicKeyPem, formerNumber: keyNumber(keyId) - 1 });
      if (kind === 'rsa') await files.publish(username, publicKeyPem);
      await files.sweepStaged(username, kind, [publicKeyPem, ...known.map((key) => key.publicKeyPem)], now());
    },
    async open(key) {
      const path = files.path(key.username, key.kind);
      const pair = await orUnavailable(key, key.kind, key.keyId, () => pairOfRow(files, key));
      if (pair === 'missing') throw keyUnavailable(key.keyId, `there is no ${path}.`);
      if (pair !== 'another key') return pair.privateKey;
      throw keyUnavailable(key.keyId, `${path} holds another key than the one that was published.`);
    },
  };
}

async function orUnavailable<T>(
  { username }: Pick<KeyOwner, 'username'>,
  kind: KeyKind,
  keyId: string,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw keyUnavailable(keyId, `the ${kind} key file of ${username} cannot be read as a key, or not written.`, error);
  }
}

async function proposeFile(files: KeyFiles, owner: KeyOwner, kind: KeyKind, keyId: string): Promise<Proposal> {
  const { username } = owner;
  let pair = await readPrimary(files, username, kind);
  let mine = false;
  if (pair === null) {
    const made = await makeKeyPair(kind);
    mine = await files.createPrivate(username, kind, privateKeyPem(made.privateKey));
    pair = mine ? made : await readPrimary(files, username, kind);
    if (pair === null) throw new Error('A key file appeared and vanished again.');
  }
  if (kind === 'rsa') await files.publish(username, pair.publicKeyPem);
  return {
    ...pair,
    kind,
    keyId,
    privateEnc: null,
    discard: async () => {
      // A file that was there before belongs to whoever put it there.
      if (mine) await files.remove(username, kind);
    },
  };
}

async function stageFile(files: KeyFiles, former: ActorKey, keyId: string): Promise<Proposal> {
  const { username, kind } = former;
  // Of an actor's staged pairs at most one is published: else a slow process might put an older one over a newer one.
  const present = await readPrimary(files, username, kind);
  if (present?.publicKeyPem !== former.publicKeyPem) throw new Error('The present pair is not in its place.');
  const pair = await makeKeyPair(kind);
  const { publicKeyPem } = pair;
  await files.stage(username, kind, { publicKeyPem, privatePem: privateKeyPem(pair.privateKey) });
  const discard = (): Promise<void> => files.unstage(username, kind, publicKeyPem);
  return { ...pair, kind, keyId, privateEnc: null, discard };
}
