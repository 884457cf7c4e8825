import type { Execute } from '@artdag/messaging';
import { AppError } from '@artdag/service-kit';
import type { ActorProfile } from '../actors/actor-profile.ts';
import type { ActorProfiles } from '../actors/actor-profiles.ts';
import { changeAccount, lockAccount, type AccountChanges } from '../actors/change-account.ts';
import type { By, InTransaction } from '../transaction.ts';

export interface UpdateMeDeps {
  inTransaction: InTransaction;
  profiles: Pick<ActorProfiles, 'fresh'>;
  changes: { announce(actorId: string): void };
  now: () => Date;
  onEvent: () => void;
}

/** What is undefined stays as it is. */
export interface MyChanges extends AccountChanges {
  /** The new active org of the session. */
  orgId?: string | undefined;
}

/**
 * Changes what somebody may change of themselves.
 *
 * @param changes.orgId its id or its public one (`microdao:<slug>`)
 * @returns the profile as it is now, and the session's org if that was changed
 * @throws AppError 409 `email_taken`, 403 `not_a_member`
 */
export async function updateMe(
  deps: UpdateMeDeps,
  caller: { actorId: string; sessionId: string },
  changes: MyChanges,
  by: By,
): Promise<{ profile: ActorProfile; orgId?: string }> {
  const { actorId } = caller;
  const now = deps.now();
  const orgId = await deps.inTransaction(actorId, async (execute) => {
    const actor = await lockAccount(execute, actorId);
    if (actor === null) throw gone();
    await changeAccount(execute, actor, changes, { by, now });
    return changes.orgId === undefined ? undefined : await changeOrg(execute, caller, changes.orgId);
  });
  deps.onEvent();
  deps.changes.announce(actorId);
  const profile = await deps.profiles.fresh(actorId);
  if (profile === null) throw gone();
  return { profile, ...(orgId === undefined ? {} : { orgId }) };
}

async function changeOrg(
  execute: Execute,
  { actorId, sessionId }: { actorId: string; sessionId: string },
  wanted: string,
): Promise<string> {
  const { rows } = await execute(
    `SELECT o.id FROM orgs o JOIN memberships m ON m.org_id = o.id
     WHERE m.actor_id = $1 AND m.left_at IS NULL AND (o.id = $2 OR o.public_id = $2)`,
    [actorId, wanted],
  );
  if (rows[0] === undefined) throw new AppError('not_a_member', 403, 'You are not a member of that organisation.');
  const orgId = String(rows[0]['id']);
  await execute('UPDATE sessions SET org_id = $3 WHERE actor_id = $1 AND id = $2 AND is_valid', [
    actorId,
    sessionId,
    orgId,
  ]);
  return orgId;
}

function gone(): AppError {
  return new AppError('unauthorized', 401, 'Unauthorized: the account has ended.');
}
