import { createPrivateKey } from 'node:crypto';
import { openEnvelope, sealEnvelope } from './envelope.ts';
import { makeKeyPair } from './key-pair.ts';
import { keyUnavailable, type KeyStore } from './key-store.ts';

/**
 * `KEY_STORE=database`: private keys in their rows, each under a data key of its own that `DATA_ENCRYPTION_KEY` wraps; for
 * replicas without a shared folder.
 */
export function createDatabaseKeyStore(masterKey: Buffer): KeyStore {
  return {
    async propose(_owner, kind, keyId) {
      const pair = await makeKeyPair(kind);
      const der = pair.privateKey.export({ type: 'pkcs8', format: 'der' });
      return { ...pair, kind, keyId, privateEnc: sealEnvelope(masterKey, keyId, der), discard: async () => {} };
    },
    open: async (key) => {
      if (key.privateEnc === null)
        throw keyUnavailable(key.keyId, 'its row holds none; was it made with KEY_STORE=file?');
      try {
        const der = openEnvelope(masterKey, key.keyId, key.privateEnc);
        return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
      } catch (error) {
        throw keyUnavailable(key.keyId, 'DATA_ENCRYPTION_KEY does not open it.', error);
      }
    },
  };
}
