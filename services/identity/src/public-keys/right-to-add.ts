import { forbidden, isSession, type Assertion } from '@artdag/actor-context';
import type { Execute } from '@artdag/messaging';
import { AppError } from '@artdag/service-kit';
import type { AuthClient, KnownActor } from '../actors/auth-client.ts';
import { isMSign } from './caller.ts';
import { ensureIdentity, findIdentityByActor, lockIdentity, type IdentityRow } from './identity-rows.ts';
import { findLiveKeys } from './key-rows.ts';
import { isRecentLogin } from './recent-login.ts';
import { accountDisabled } from './refusals.ts';

export interface RightToAddDeps {
  auth: Pick<AuthClient, 'findActor' | 'findSession'>;
  execute: Execute;
  msignRealm: string;
  now: () => Date;
}

/** On what grounds somebody may add a key: a key that signed the request, or a login of a moment ago. */
export type Right = { by: 'key'; identity: IdentityRow; keyId: string } | { by: 'session'; actor: KnownActor };

/**
 * Looks at the caller only and changes nothing. A session counts only while the identity has no live key: whoever has one shows it
 * (public-key-auth.md §7).
 *
 * @throws AppError 401 `msign_required`; 403 `forbidden` (agents), `recent_login_required`, `account_disabled`
 */
export async function rightToAdd(deps: RightToAddDeps, caller: Assertion): Promise<Right> {
  const { actor } = caller;
  if (actor.actor_type !== 'human') throw forbidden();
  const identity = await findIdentityByActor(deps.execute, actor.actor_id);
  if (isMSign(caller)) {
    if (identity === null || caller.jti === null) throw forbidden();
    return { by: 'key', identity, keyId: caller.jti };
  }
  if (!isSession(caller)) throw msignRequired(deps);
  const live = identity === null ? [] : await findLiveKeys(deps.execute, identity.id, deps.now());
  if (live.length > 0) throw msignRequired(deps);
  if (!(await isRecentLogin(deps, caller))) throw recentLoginRequired();
  const known = await deps.auth.findActor(actor.actor_id);
  if (known?.status !== 'active') throw accountDisabled();
  return { by: 'session', actor: known };
}

/**
 * Looks again in the transaction that adds the key, with the identity locked: a key that is revoked meanwhile brings no other in, and of
 * two sessions at once one is first.
 *
 * @throws AppError 401 `key_revoked`, `msign_required`
 */
export async function confirmRight(deps: RightToAddDeps, execute: Execute, right: Right): Promise<IdentityRow> {
  const known = right.by === 'key' ? right.identity : await ensureIdentity(execute, right.actor, deps.now());
  const identity = await lockIdentity(execute, known.id);
  if (identity === null) throw accountDisabled();
  const live = await findLiveKeys(execute, identity.id, deps.now());
  if (right.by === 'session' && live.length > 0) throw msignRequired(deps);
  if (right.by === 'key' && !live.some(({ id }) => id === right.keyId)) throw signerRevoked(deps);
  return identity;
}

function msignRequired(deps: RightToAddDeps): AppError {
  const message = 'Sign this request with a key that the identity has already (Authorization: MSign).';
  return new AppError('msign_required', 401, message, { headers: challengeOf(deps) });
}

function signerRevoked(deps: RightToAddDeps): AppError {
  const message = 'The key that signed this request was revoked.';
  return new AppError('key_revoked', 401, message, { headers: challengeOf(deps) });
}

function challengeOf({ msignRealm }: RightToAddDeps): Record<string, string> {
  return { 'www-authenticate': `MSign realm="${msignRealm}"` };
}

function recentLoginRequired(): AppError {
  const message = 'A key is added within five minutes of a login; log in again.';
  return new AppError('recent_login_required', 403, message);
}
