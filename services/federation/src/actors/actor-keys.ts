/** A public key of a local actor, as `actor-keys-changed` and identity's look-up give it. */
export interface ActorKey {
  /** `{ap_id}#main-key`, `{ap_id}#ed25519-key`, after a rotation `…-2` and so on. */
  key_id: string;
  kind: 'rsa' | 'ed25519';
  status: 'primary' | 'retired' | 'compromised';
  /** SPKI PEM. */
  public_key_pem: string;
  /** Ed25519 only. */
  public_key_multibase?: string | undefined;
}

/** The RSA key that signs now: HTTP signatures name it, the actor document shows it as `publicKey`. */
export function signingKey(keys: readonly ActorKey[]): ActorKey | undefined {
  return keys.find((key) => key.kind === 'rsa' && key.status === 'primary');
}

/** The Ed25519 keys whose proofs count. A retired one still does, so that earlier claims stay verifiable; a compromised one does not. */
export function assertionKeys(keys: readonly ActorKey[]): ActorKey[] {
  const proving = keys.filter((key) => key.kind === 'ed25519' && key.status !== 'compromised');
  return proving.toSorted((a, b) => Number(b.status === 'primary') - Number(a.status === 'primary'));
}

/** Whether both kinds are there: identity makes them one by one, so a copy may hold only the first. */
export function isComplete(keys: readonly ActorKey[]): boolean {
  return signingKey(keys) !== undefined && keys.some((key) => key.kind === 'ed25519' && key.status === 'primary');
}
