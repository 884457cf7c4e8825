import { AppError } from '@artdag/service-kit';
import type { ActorProfiles } from '../actors/actor-profiles.ts';
import { appendAudit } from '../audit/audit.ts';
import type { Device } from '../cookies/device-cookie.ts';
import { endInTransaction, type EndSessionDeps } from '../sessions/end-session.ts';
import type { ClientInfo } from '../sessions/session.ts';
import { insertSession, type SignedIn } from '../sessions/start-session.ts';
import { provePassword, type ProvePasswordDeps } from './prove-password.ts';

export interface ChangePasswordDeps extends ProvePasswordDeps, EndSessionDeps {
  accounts: { findById(actorId: string): Promise<{ passwordHash: string | null } | null> };
  profiles: Pick<ActorProfiles, 'fresh'>;
  sessionTtlMs: number;
  refreshTtlMs: number;
}

export interface PasswordChange {
  actorId: string;
  orgId: string | null;
  current: string;
  next: string;
  client: ClientInfo;
  device: Device | null;
  requestId: string;
}

/**
 * Changes the password, ends every session (also the caller's, which gets a new one, as at every step-up) and with them the refresh and
 * L1 tokens, which somebody else may have got by the old one. API keys and API tokens stay.
 *
 * @throws AppError 403 `wrong_password`, 401 when the account has ended meanwhile, 429 as at a login
 */
export async function changePassword(deps: ChangePasswordDeps, input: PasswordChange): Promise<SignedIn> {
  const { actorId, client, requestId } = input;
  const oldHash = (await deps.accounts.findById(actorId))?.passwordHash ?? null;
  const guess = { ip: client.ip, actorId, login: actorId, device: input.device };
  if (!(await provePassword(deps, guess, oldHash, input.current))) throw wrongPassword();
  const newHash = await deps.passwords.hash(input.next);
  const profile = await deps.profiles.fresh(actorId);
  if (profile === null) throw wrongPassword();
  const now = deps.now();
  const by = { actorId, ip: client.ip, requestId };
  const { signedIn, ended } = await deps.inTransaction(actorId, async (execute) => {
    const { rows } = await execute('SELECT status FROM actors WHERE id = $1 FOR SHARE', [actorId]);
    const { rowCount } = await execute(
      `UPDATE users SET password_hash = $3, password_changed_at = $4::timestamptz, updated_at = $4::timestamptz
       WHERE actor_id = $1 AND password_hash = $2`,
      [actorId, oldHash, newHash, now.toISOString()],
    );
    // Changed by somebody else meanwhile, or the account has ended.
    if (rows[0]?.['status'] !== 'active' || rowCount !== 1) throw wrongPassword();
    const all = { actorId, which: { all: true }, reason: 'password_changed', by } as const;
    const ids = await endInTransaction(execute, all, now);
    await appendAudit(execute, { ...by, action: 'password.changed', target: actorId });
    const { sessionTtlMs, refreshTtlMs } = deps;
    const session = { profile, orgId: input.orgId, method: 'password', client, requestId, now } as const;
    return { ended: ids, signedIn: await insertSession(execute, { ...session, sessionTtlMs, refreshTtlMs }) };
  });
  deps.onEvent();
  await deps.revoker.enforce(ended);
  return signedIn;
}

/** No 401: the session is good, and a client must not take it for dead. */
export function wrongPassword(): AppError {
  return new AppError('wrong_password', 403, 'The current password is not right.');
}
