import type { KeyObject } from 'node:crypto';
import { AppError } from '@artdag/service-kit';
import type { KeyKind, KeyPair } from './key-pair.ts';

/** An actor as far as keys are concerned. */
export interface KeyOwner {
  actorId: string;
  username: string;
}

/** A row of `actor_keys`. */
export interface ActorKey {
  keyId: string;
  actorId: string;
  username: string;
  kind: KeyKind;
  status: 'primary' | 'retired' | 'compromised';
  publicKeyPem: string;
  /** The private key's envelope, only with `KEY_STORE=database`. */
  privateEnc: string | null;
}

/** A pair that becomes the actor's if its row is the first. */
export interface Proposal extends KeyPair {
  kind: KeyKind;
  keyId: string;
  privateEnc: string | null;
  /** Throws the pair away, after another one's row was first. Does nothing to a pair that others may be using. */
  discard(): Promise<void>;
}

/**
 * Where private keys rest. The row of `actor_keys` decides which pair is the actor's; a store never replaces the private
 * half of a row that it does not hold.
 */
export interface KeyStore {
  /** The pair that waits for its row (left by `setup-keys` or by a crash), or a new one. */
  propose(owner: KeyOwner, kind: KeyKind, keyId: string): Promise<Proposal>;
  /** The private key of a row. @throws AppError 503 `actor_key_unavailable` when it is not here, or not the row's. */
  open(key: ActorKey): Promise<KeyObject>;
}

export function keyUnavailable(keyId: string, why: string, cause?: unknown): AppError {
  const message = `The private key of ${keyId} is not available: ${why}`;
  return new AppError('actor_key_unavailable', 503, message, { headers: { 'Retry-After': '5' }, cause });
}
