import { keyUnavailable, type KeyOwner, type KeyStore, type Proposal } from './key-store.ts';
import type { KeyFiles } from './key-files.ts';
import { makeKeyPair, privateKeyPem, readKeyPair, type KeyKind, type KeyPair } from './key-pair.ts';

/**
 * `KEY_STORE=file`: private keys as files, the public RSA half beside them. Fits one process, or several on a shared
 * folder; a process on another folder finds rows without files and refuses (503) instead of making a second pair.
 */
export function createFileKeyStore(files: KeyFiles): KeyStore {
  return {
    async propose(owner, kind, keyId) {
      try {
        return await proposeFile(files, owner, kind, keyId);
      } catch (error) {
        throw keyUnavailable(keyId, `the ${kind} key file of ${owner.username} cannot be read or written.`, error);
      }
    },
    async open(key) {
      let pair: KeyPair | null;
      try {
        pair = await readPair(files, key.username, key.kind);
      } catch (error) {
        throw keyUnavailable(key.keyId, `the ${key.kind} key file of ${key.username} cannot be read as a key.`, error);
      }
      const path = files.path(key.username, key.kind);
      if (pair === null) throw keyUnavailable(key.keyId, `there is no ${path}.`);
      if (pair.publicKeyPem !== key.publicKeyPem) {
        throw keyUnavailable(key.keyId, `${path} holds another key than the one that was published.`);
      }
      return pair.privateKey;
    },
  };
}

async function proposeFile(files: KeyFiles, owner: KeyOwner, kind: KeyKind, keyId: string): Promise<Proposal> {
  const { username } = owner;
  let pair = await readPair(files, username, kind);
  let mine = false;
  if (pair === null) {
    const made = await makeKeyPair(kind);
    mine = await files.createPrivate(username, kind, privateKeyPem(made.privateKey));
    pair = mine ? made : await readPair(files, username, kind);
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

async function readPair(files: KeyFiles, username: string, kind: KeyKind): Promise<KeyPair | null> {
  const pem = await files.readPrivate(username, kind);
  return pem === null ? null : readKeyPair(pem, kind);
}
