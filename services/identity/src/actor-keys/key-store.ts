import type { KeyObject } from 'node:crypto';
import type { KeyKind, KeyPair } from '@artdag/actor-keys';
import type { Execute } from '@artdag/messaging';
import { AppError } from '@artdag/service-kit';

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

/** A pair that becomes the actor's if its row is the first, or follows the row that it was made to follow. */
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
  /**
   * In the transaction that offers first pairs, before it does. False when another pair has come to wait meanwhile: then it is to be
   * proposed anew.
   */
  admit(execute: Execute, owner: KeyOwner, proposals: readonly Proposal[]): Promise<boolean>;
  /** A new pair to follow the present one, kept so that it is found however soon after its row this process ends. */
  proposeNext(former: ActorKey, keyId: string): Promise<Proposal>;
  /** After the commit of a rotation; what is not done here, whoever opens the key does. */
  settleNext(next: Proposal, owner: KeyOwner, known: readonly ActorKey[]): Promise<void>;
  /** The private key of a row. @throws AppError 503 `actor_key_unavailable` when it is not here, or not the row's. */
  open(key: ActorKey): Promise<KeyObject>;
}

export function keyUnavailable(keyId: string, why: string, cause?: unknown): AppError {
  const message = `The private key of ${keyId} is not available: ${why}`;
  return new AppError('actor_key_unavailable', 503, message, { headers: { 'Retry-After': '5' }, cause });
}
