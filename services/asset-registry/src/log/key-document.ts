import { jcs } from '@artdag/claims';

/** A public key of an actor, as `actor-keys-changed` tells it. */
export interface LoggedKey {
  /** `{ap_id}#main-key`, `{ap_id}#ed25519-key`, after a rotation `…-2` and so on. */
  key_id: string;
  kind: 'rsa' | 'ed25519';
  status: KeyStatus;
  /** SPKI PEM. */
  public_key_pem: string;
  /** Ed25519 only. */
  public_key_multibase?: string | undefined;
}

export type KeyStatus = 'primary' | 'retired' | 'compromised';

/**
 * What the leaf of a key commits to, as canonical JSON: the key's entry as the actor document shows it, and for its end, when that was, in the
 * words of W3C Controlled Identifiers: `expires` (retired: earlier proofs count) or `revoked` (compromised: none does).
 *
 * So whoever has the actor document and the leaf can rebuild it. It needs no salt: the key, its id and its owner are public for good.
 *
 * @param at ISO-8601 UTC in whole seconds, the leaf's `published`
 */
export function keyDocument(apActorId: string, key: LoggedKey, status: KeyStatus, at: string): string {
  const { key_id: id } = key;
  const shown =
    key.kind === 'rsa'
      ? { id, owner: apActorId, publicKeyPem: key.public_key_pem }
      : { id, type: 'Multikey', controller: apActorId, publicKeyMultibase: key.public_key_multibase };
  return jcs({
    ...shown,
    ...(status === 'retired' && { expires: at }),
    ...(status === 'compromised' && { revoked: at }),
  });
}
