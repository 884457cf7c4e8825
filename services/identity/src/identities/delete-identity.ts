import type { Assertion } from '@artdag/actor-context';
import type { Execute } from '@artdag/messaging';
import { endAgent, type EndAgentDeps } from '../agents/end-agent.ts';
import type { AuthClient } from '../actors/auth-client.ts';
import { keyListCache } from '../public-keys/confirm-revoked.ts';
import { refuseOldLogin } from './caller.ts';
import { applyUserDeleted } from './follow-actor.ts';
import { ownIdentity } from './own-identity.ts';
import type { Profile } from './profile.ts';

export type DeleteIdentityDeps = EndAgentDeps & { auth: AuthClient };

const reason = 'deleted_by_owner';

/**
 * Ends an identity for good: a person's with the whole account, an agent's with all that it holds. An organisation's profile goes, its name stays
 * its members'. No handle is ever given again. Repeating it is safe.
 *
 * @throws AppError 403 `forbidden`, `recent_login_required`; 409 `last_owner`, `last_sysadmin`; 503 `dependency_unavailable`
 */
export async function deleteIdentity(
  deps: DeleteIdentityDeps,
  caller: Assertion,
  inPath: string,
  correlationId: string,
): Promise<void> {
  const profile = await ownIdentity(deps, caller, inPath);
  if (profile.identityType === 'agent') return await endAgent(deps, profile.id, 'revoked_by_owner', correlationId);
  if (profile.actorId === null) return await deleteOrg(deps.execute, profile, deps.now());
  await refuseOldLogin(deps, caller);
  await deletePerson(deps, { actorId: profile.actorId, handle: profile.handle }, correlationId);
}

/** auth first: it may refuse, and its news (`user-deleted`) does the rest should this process die in between. */
async function deletePerson(
  deps: DeleteIdentityDeps,
  { actorId, handle }: { actorId: string; handle: string },
  correlationId: string,
): Promise<void> {
  await deps.auth.endActor(actorId, { status: 'deleted', reason });
  deps.actors.forget(actorId);
  const now = deps.now();
  await deps.transaction((execute) => applyUserDeleted(execute, { actorId, reason, now, correlationId }));
  await deps.invalidations.announce(keyListCache, handle);
}

async function deleteOrg(execute: Execute, { id }: Profile, now: Date): Promise<void> {
  await execute(
    `UPDATE identities SET deleted_at = $2::timestamptz, end_reason = $3, end_confirmed_at = $2::timestamptz, bio = NULL,
       avatar_url = NULL, website_url = NULL, email = NULL, updated_at = $2::timestamptz
     WHERE id = $1 AND deleted_at IS NULL`,
    [id, now.toISOString(), reason],
  );
}
