import { userUpdated } from '@artdag/events';
import { appendEvent, type Execute } from '@artdag/messaging';
import { AppError, newId } from '@artdag/service-kit';
import type { ActorProfile } from '../actors/actor-profile.ts';
import type { ActorProfiles } from '../actors/actor-profiles.ts';
import { emailTaken } from '../actors/create-actor.ts';
import { appendAudit } from '../audit/audit.ts';
import type { By, InTransaction } from '../transaction.ts';

export interface UpdateMeDeps {
  inTransaction: InTransaction;
  profiles: Pick<ActorProfiles, 'fresh'>;
  changes: { announce(actorId: string): void };
  now: () => Date;
  onEvent: () => void;
}

/** What is undefined stays as it is. */
export interface MyChanges {
  displayName?: string | undefined;
  email?: string | null | undefined;
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
    const actor = await lockedActor(execute, actorId);
    await changeAccount(execute, actor, changes, { by, now });
    return changes.orgId === undefined ? undefined : await changeOrg(execute, caller, changes.orgId);
  });
  deps.onEvent();
  deps.changes.announce(actorId);
  const profile = await deps.profiles.fresh(actorId);
  if (profile === null) throw gone();
  return { profile, ...(orgId === undefined ? {} : { orgId }) };
}

interface Actor {
  id: string;
  display_name: string;
  email: string | null;
  version: number;
}

async function lockedActor(execute: Execute, actorId: string): Promise<Actor> {
  const { rows } = await execute(
    `SELECT id, display_name, email, version FROM actors WHERE id = $1 AND status = 'active' FOR UPDATE`,
    [actorId],
  );
  if (rows[0] === undefined) throw gone();
  return rows[0] as unknown as Actor;
}

async function changeAccount(
  execute: Execute,
  actor: Actor,
  changes: MyChanges,
  { by, now }: { by: By; now: Date },
): Promise<void> {
  const { displayName = actor.display_name, email = actor.email } = changes;
  const isPublic = displayName !== actor.display_name;
  const isEmail = email !== actor.email;
  if (!isPublic && !isEmail) return;
  if (isEmail && email !== null) await refuseTakenEmail(execute, email);
  const version = actor.version + (isPublic ? 1 : 0);
  await execute(
    `UPDATE actors SET display_name = $2, email = $3, email_verified = email_verified AND NOT $4::boolean,
       version = $5::int, updated_at = $6::timestamptz WHERE id = $1`,
    [actor.id, displayName, email, isEmail, version, now.toISOString()],
  );
  const fields = [...(isPublic ? ['display_name'] : []), ...(isEmail ? ['email'] : [])];
  await appendAudit(execute, { ...by, action: 'account.updated', target: actor.id, data: { fields } });
  if (!isPublic) return;
  const event = userUpdated.create({
    id: newId('evt'),
    occurred_at: now.toISOString(),
    subject: actor.id,
    subject_version: version,
    actor_id: actor.id,
    correlation_id: by.requestId,
    data: { actor_id: actor.id },
  });
  await appendEvent(execute, event);
}

/** Held until the commit, so that of two who want one address the second finds it taken. */
async function refuseTakenEmail(execute: Execute, email: string): Promise<void> {
  await execute(`SELECT pg_advisory_xact_lock(hashtextextended('email:' || $1, 0))::text`, [email]);
  const { rows } = await execute('SELECT 1 AS one FROM actors WHERE email = $1', [email]);
  if (rows.length > 0) throw emailTaken();
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
