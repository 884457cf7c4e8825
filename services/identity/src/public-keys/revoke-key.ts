import type { Execute } from '@artdag/messaging';
import { AppError, type Logger } from '@artdag/service-kit';
import { identityNotFound } from './caller.ts';
import { confirmKeysRevoked, type ConfirmRevokedDeps } from './confirm-revoked.ts';
import { shownFingerprint } from './fingerprint-shown.ts';
import { findIdentityByActor } from './identity-rows.ts';
import { findRevokedKeys } from './key-rows.ts';
import { markKeysRevoked, type RevokedKey } from './mark-revoked.ts';

export interface RevokeKeyDeps extends ConfirmRevokedDeps {
  logger: Logger;
  transaction: <T>(work: (execute: Execute) => Promise<T>) => Promise<T>;
}

export interface KeyToRevoke {
  actorId: string;
  /** The actor's. */
  handle: string;
  keyId: string;
  /** The request's id. */
  correlationId: string;
}

const reason = 'revoked_by_owner';
const keyIdPattern = /^key_[0-9a-z]{26}$/;

/**
 * Ends a key of one's own; resolves once no replica takes it. When auth is away it is refused all the same as soon as auth is back, and
 * repeating this confirms it.
 *
 * @throws AppError 404 `identity_not_found`, `key_not_found`; 503 `dependency_unavailable`
 */
export async function revokeKey(
  deps: RevokeKeyDeps,
  { actorId, handle, keyId, correlationId }: KeyToRevoke,
): Promise<void> {
  const identity = await findIdentityByActor(deps.execute, actorId);
  if (identity === null) throw identityNotFound(handle);
  if (!keyIdPattern.test(keyId)) throw keyNotFound();
  const now = deps.now();
  const marked = await deps.transaction((execute) =>
    markKeysRevoked(execute, identity.id, { reason, now, keyId, correlationId }),
  );
  for (const { fingerprint } of marked) logRevocation(deps.logger, { actorId, keyId, fingerprint });
  const ended = marked.length > 0 ? marked : await endedBefore(deps, identity.id, keyId);
  await confirmKeysRevoked(deps, ended, reason);
}

async function endedBefore(deps: RevokeKeyDeps, identityId: string, keyId: string): Promise<RevokedKey[]> {
  const keys = await findRevokedKeys(deps.execute, identityId);
  const key = keys.find((revoked) => revoked.keyId === keyId);
  if (key === undefined) throw keyNotFound();
  return [key];
}

function logRevocation(logger: Logger, o: { actorId: string; keyId: string; fingerprint: string }): void {
  const fields = { actor_id: o.actorId, key_id: o.keyId, fingerprint: shownFingerprint(o.fingerprint) };
  logger.info('a public key was revoked', fields);
}

function keyNotFound(): AppError {
  return new AppError('key_not_found', 404, 'Key not found');
}
