import { multibaseOf } from '@artdag/actor-keys';
import type { ActorKey } from './key-store.ts';

/** What others learn of a key: the same in `actor-keys-changed` and in the look-up. */
export type PublicKeyInfo = {
  key_id: string;
  kind: ActorKey['kind'];
  status: ActorKey['status'];
  /** SPKI PEM. */
  public_key_pem: string;
  /** Ed25519 only. */
  public_key_multibase?: string;
};

export function publicKeyInfo(key: ActorKey): PublicKeyInfo {
  const { keyId, kind, status, publicKeyPem } = key;
  return {
    key_id: keyId,
    kind,
    status,
    public_key_pem: publicKeyPem,
    ...(kind === 'ed25519' ? { public_key_multibase: multibaseOf(publicKeyPem) } : {}),
  };
}
