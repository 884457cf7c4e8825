import {
  deleteWaiting,
  findWaiting,
  lockUser,
  makeKeyPair,
  privateKeyDer,
  readKeyPairDer,
  type KeyKind,
  type KeyPair,
} from '@artdag/actor-keys';
import { openEnvelope, sealEnvelope, type MasterKeys } from '@artdag/envelope';
import type { Execute } from '@artdag/messaging';
import { keyUnavailable, type KeyStore, type Proposal } from './key-store.ts';

/**
 * `KEY_STORE=database`: private keys in their rows, each under a data key of its own that a master key wraps; for replicas without a
 * shared folder. A pair that was imported before its actor has keys becomes the first one.
 */
export function createDatabaseKeyStore(keys: MasterKeys, execute: Execute): KeyStore {
  const make = async (kind: KeyKind, keyId: string): Promise<Proposal> => {
    const pair = await makeKeyPair(kind);
    const privateEnc = sealEnvelope(keys, keyId, privateKeyDer(pair.privateKey));
    return { ...pair, kind, keyId, privateEnc, discard: async () => {} };
  };
  const open = (keyId: string, kind: KeyKind, privateEnc: string): KeyPair => {
    try {
      return readKeyPairDer(openEnvelope(keys, keyId, privateEnc), kind);
    } catch (error) {
      throw keyUnavailable(keyId, 'neither DATA_ENCRYPTION_KEY nor DATA_ENCRYPTION_KEY_OTHERS opens it.', error);
    }
  };
  return {
    async propose(_owner, kind, keyId) {
      const waiting = await findWaiting(execute, keyId);
      if (waiting === null) return await make(kind, keyId);
      const { privateEnc } = waiting;
      return { ...open(keyId, kind, privateEnc), kind, keyId, privateEnc, discard: async () => {} };
    },
    async admit(inTransaction, owner, proposals) {
      await lockUser(inTransaction, owner.username);
      for (const { keyId, publicKeyPem } of proposals) {
        const waiting = await findWaiting(inTransaction, keyId);
        if (waiting !== null && waiting.publicKeyPem !== publicKeyPem) return false;
      }
      for (const { keyId, publicKeyPem } of proposals) await deleteWaiting(inTransaction, keyId, publicKeyPem);
      return true;
    },
    proposeNext: async ({ kind }, keyId) => await make(kind, keyId),
    settleNext: async () => {},
    open: async ({ keyId, kind, privateEnc, publicKeyPem }) => {
      if (privateEnc === null) throw keyUnavailable(keyId, 'its row holds none; was it made with KEY_STORE=file?');
      const pair = open(keyId, kind, privateEnc);
      if (pair.publicKeyPem === publicKeyPem) return pair.privateKey;
      throw keyUnavailable(keyId, 'its row holds another one.');
    },
  };
}
