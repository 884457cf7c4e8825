import type { Execute } from '@artdag/messaging';
import { AppError } from '@artdag/service-kit';
import type { ActorDirectory } from '../actors/actor-directory.ts';
import { identityOfKey, type IdentityRow } from './identity-rows.ts';
import { findKey, noteUse, type KeyRow } from './key-rows.ts';
import type { PresentedKey } from './presented-key.ts';
import { proveKey, type KeyProof, type ProveKeyDeps } from './prove-key.ts';
import { accountDisabled } from './refusals.ts';
import { signUp, type Newcomer, type SignUpDeps } from './sign-up.ts';

export interface SignInDeps extends ProveKeyDeps, SignUpDeps {
  actors: Pick<ActorDirectory, 'get'>;
  /** Autocommit statements. */
  execute: Execute;
}

/** Who signed in, by which key. */
export interface SignedIn {
  identity: IdentityRow;
  key: KeyRow;
  isNewIdentity: boolean;
}

/**
 * Completes a challenge: a known key is told whose it is; a new one begins an identity. Nothing is given that would replace the key.
 *
 * @throws AppError as `proveKey` and `signUp`; 403 `key_revoked`, `account_disabled`; 401 `key_expired`
 */
export async function signIn(deps: SignInDeps, proof: KeyProof, newcomer: Newcomer): Promise<SignedIn> {
  const presented = await proveKey(deps, proof);
  return (await signInKnown(deps, presented)) ?? (await signUpOrIn(deps, presented, newcomer));
}

async function signUpOrIn(deps: SignInDeps, presented: PresentedKey, newcomer: Newcomer): Promise<SignedIn> {
  try {
    return { ...(await signUp(deps, presented, newcomer)), isNewIdentity: true };
  } catch (error) {
    if (!(error instanceof AppError && error.code === 'key_already_registered')) throw error;
    // The same key at another replica was faster.
    const known = await signInKnown(deps, presented);
    if (known === null) throw error;
    return known;
  }
}

/** Null for a key that nobody has. */
async function signInKnown(deps: SignInDeps, { fingerprint }: PresentedKey): Promise<SignedIn | null> {
  const { execute } = deps;
  const key = await findKey(execute, fingerprint);
  if (key === null) return null;
  const now = deps.now();
  if (key.revokedAt !== null) throw keyRevoked();
  const identity = await identityOfKey(execute, key.id);
  if (identity === null || identity.deletedAt !== null) throw accountDisabled();
  const ends = [key.expiresAt, identity.expiresAt].filter((end) => end !== null);
  if (ends.some((end) => end <= now)) throw new AppError('key_expired', 401, 'This key has expired.');
  await refuseInactive(deps, identity);
  if (!(await noteUse(execute, key.id, now))) throw keyRevoked();
  return { identity, key: { ...key, lastUsedAt: now }, isNewIdentity: false };
}

/** An agent acts only while its owner may. */
async function refuseInactive(deps: SignInDeps, { actorId, spawnedBy }: IdentityRow): Promise<void> {
  const ids = [actorId, spawnedBy].filter((id) => id !== null);
  const found = await Promise.all(ids.map((id) => deps.actors.get(id)));
  if (found.some((actor) => actor?.status !== 'active')) throw accountDisabled();
}

function keyRevoked(): AppError {
  return new AppError('key_revoked', 403, 'This key was revoked and is not taken again; sign in with another one.');
}
