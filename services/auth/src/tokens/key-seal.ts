import { createPrivateKey } from 'node:crypto';
import { ringKeyOf, rsaMembers, thumbprintOf, type RingKey } from './rsa-key.ts';
import { seal, sealingKey, unseal } from './sealed.ts';
import type { NewKey, StoredKey } from './signing-key.repository.ts';
import type { KeyObject } from 'node:crypto';

/** Private token keys as they lie in the database: sealed under HKDF of `JWT_SECRET` (art-dag-l2.md §3). */
export interface KeySeal {
  /** Null when the present secret cannot open the row. */
  open(stored: StoredKey): RingKey | null;
  close(privateKey: KeyObject): Promise<NewKey>;
  /** The same row under the present secret, if the former one opens it and the present one does not. */
  carryOver(stored: StoredKey): string | null;
}

export function createKeySeal(o: { jwtSecret: string; formerJwtSecret?: string | undefined }): KeySeal {
  const present = sealingKey(o.jwtSecret, 'artdag/key-ring');
  const former = o.formerJwtSecret === undefined ? null : sealingKey(o.formerJwtSecret, 'artdag/key-ring');
  return {
    open({ kid, privateEnc }) {
      const der = unseal(present, kid, privateEnc);
      return der === null ? null : ringKeyOf(kid, createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }));
    },
    async close(privateKey) {
      const kid = await thumbprintOf(privateKey);
      const { n, e } = rsaMembers(ringKeyOf(kid, privateKey).publicKey);
      const der = privateKey.export({ type: 'pkcs8', format: 'der' });
      return { kid, publicJwk: { kty: 'RSA', n, e }, privateEnc: seal(present, kid, der) };
    },
    carryOver({ kid, privateEnc }) {
      if (former === null || unseal(present, kid, privateEnc) !== null) return null;
      const der = unseal(former, kid, privateEnc);
      return der === null ? null : seal(present, kid, der);
    },
  };
}
