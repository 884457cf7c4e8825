import type { Execute } from '@artdag/messaging';
import { AppError, type Logger } from '@artdag/service-kit';
import { identityNotFound } from './caller.ts';
import { confirmKeysRevoked, keyListCache, type ConfirmRevokedDeps } from './confirm-revoked.ts';
import { shownFingerprint } from './fingerprint-shown.ts';
import { lowerCased } from './handle.ts';
import { findIdentityByHandle, lockIdentity, type IdentityRow } from './identity-rows.ts';
import { findKey, findLiveKeys, findRevokedKeys, insertKey, type KeyRow } from './key-rows.ts';
import { markKeysRevoked } from './mark-revoked.ts';
import { readPublicKey, type PresentedKey } from './presented-key.ts';
import { accountDisabled } from './refusals.ts';

export interface RecoverIdentityDeps extends ConfirmRevokedDeps {
  logger: Logger;
  transaction: <T>(work: (execute: Execute) => Promise<T>) => Promise<T>;
}

export interface Recovery {
  handle: string;
  publicKeyB64: string;
  label: string | null;
  /** Whether the keys that the identity has are revoked for it. */
  force: boolean;
  /** The request's id. */
  correlationId: string;
}

const reason = 'identity_recovered';

/**
 * Gives a person who has no key left a new one, on the operator's word that it is theirs. Repeating it with the same key is safe.
 *
 * @throws AppError 400 as `readPublicKey`; 403 `account_disabled`; 404 `identity_not_found`; 409 `not_human`, `identity_has_keys`,
 *   `key_already_registered`; 503 `dependency_unavailable`
 */
export async function recoverIdentity(deps: RecoverIdentityDeps, wanted: Recovery): Promise<KeyRow> {
  const presented = readPublicKey(wanted.publicKeyB64);
  const handle = lowerCased(wanted.handle);
  const identity = await findIdentityByHandle(deps.execute, handle);
  if (identity === null) throw identityNotFound(handle);
  if (identity.identityType !== 'human') throw new AppError('not_human', 409, `${handle} is no person.`);
  const key = await deps.transaction((execute) => replaceKeys(deps, execute, { identity, presented, wanted }));
  await deps.invalidations.announce(keyListCache, handle);
  const fields = { actor_id: identity.actorId, key_id: key.id, fingerprint: shownFingerprint(key.fingerprint) };
  deps.logger.info('an identity was recovered', fields);
  const revoked = await findRevokedKeys(deps.execute, identity.id, { unconfirmed: true });
  await confirmKeysRevoked(deps, revoked, reason);
  return key;
}

interface Replacement {
  identity: IdentityRow;
  presented: PresentedKey;
  wanted: Recovery;
}

async function replaceKeys(deps: RecoverIdentityDeps, execute: Execute, o: Replacement): Promise<KeyRow> {
  const { identity, presented, wanted } = o;
  const { label, force, correlationId } = wanted;
  const now = deps.now();
  const locked = await lockIdentity(execute, identity.id);
  if (locked === null || locked.deletedAt !== null) throw accountDisabled();
  const live = await findLiveKeys(execute, identity.id, now);
  const others = live.filter(({ fingerprint }) => fingerprint !== presented.fingerprint);
  if (others.length > 0 && !force) {
    const message = `${identity.handle} has ${others.length} live keys, which force would revoke.`;
    throw new AppError('identity_has_keys', 409, message);
  }
  for (const { id: keyId } of others)
    await markKeysRevoked(execute, identity.id, { reason, now, keyId, correlationId });
  const isThere = others.length < live.length;
  const present = isThere ? await findKey(execute, presented.fingerprint) : null;
  return present ?? (await insertKey(execute, identity.id, { key: presented, label, now, correlationId }));
}
