import type { Execute } from '@artdag/messaging';
import type { KnownActor } from '../actors/auth-client.ts';
import { markAgentEnded, markEndConfirmed } from '../agents/mark-ended.ts';
import { ensureIdentity } from '../public-keys/identity-rows.ts';
import { markKeysRevoked } from '../public-keys/mark-revoked.ts';

/** What people are shown of somebody who has gone, as in auth; the handle stays, as claims name it for ever. */
const nobody = 'Deleted account';

/** `user-registered`: a person has an identity. Agents get theirs where they are made, services have none. */
export async function applyUserRegistered(
  execute: Execute,
  news: { actorId: string; actorType: KnownActor['actorType']; username: string; displayName: string | null },
  o: { version: number; now: Date },
): Promise<void> {
  if (news.actorType !== 'human') return;
  const { actorId, actorType, username } = news;
  const actor = { actorId, actorType, username, displayName: news.displayName ?? username, version: o.version };
  await ensureIdentity(execute, { ...actor, status: 'active', microdaoIds: [], roles: [], orgId: null }, o.now);
}

/**
 * Copies an actor's name from what auth said, unless something newer was copied. A person who has no identity yet gets one: the news of
 * their registration, which is still to come, would give it an older name.
 */
export async function applyActor(execute: Execute, actor: KnownActor, now: Date): Promise<void> {
  if (actor.status === 'deleted') return;
  if (actor.actorType === 'human') await ensureIdentity(execute, actor, now);
  await execute(
    `UPDATE identities SET display_name = $2, actor_version = $3::int,
       updated_at = CASE WHEN display_name = $2 THEN updated_at ELSE $4::timestamptz END
     WHERE actor_id = $1 AND deleted_at IS NULL AND actor_version < $3::int`,
    [actor.actorId, actor.displayName, actor.version, now.toISOString()],
  );
}

export interface UserDeleted {
  actorId: string;
  /** Snake_case; stored with the first end. */
  reason: string;
  now: Date;
  correlationId?: string | null | undefined;
}

/**
 * An actor was deleted in auth, which refuses all that it has and what its agents do: its identity says nothing of a person any more, its keys
 * and its agents end. Repeating it is safe. The agents' ends are confirmed by the sweeper.
 */
export async function applyUserDeleted(execute: Execute, o: UserDeleted): Promise<void> {
  const { rows } = await execute(
    `SELECT id, identity_type AS type, deleted_at AS "deletedAt" FROM identities WHERE actor_id = $1 FOR UPDATE`,
    [o.actorId],
  );
  if (rows[0] === undefined) return;
  const id = String(rows[0]['id']);
  if (rows[0]['type'] === 'agent') await markAgentEnded(execute, id, o);
  else if (rows[0]['deletedAt'] === null) await endPerson(execute, id, o);
  // auth has done its part before it told of it.
  await markEndConfirmed(execute, id, o.now);
}

async function endPerson(execute: Execute, id: string, o: UserDeleted): Promise<void> {
  const { now, actorId, reason } = o;
  await execute(
    `UPDATE identities SET deleted_at = $2::timestamptz, end_reason = $3, display_name = $4, bio = NULL, avatar_url = NULL,
       website_url = NULL, email = NULL, updated_at = $2::timestamptz WHERE id = $1`,
    [id, now.toISOString(), reason, nobody],
  );
  await markKeysRevoked(execute, id, { now, reason: 'account_deleted', correlationId: o.correlationId ?? null });
  const agents = await execute(
    `SELECT id FROM identities WHERE spawned_by = $1 AND identity_type = 'agent' AND deleted_at IS NULL ORDER BY id`,
    [actorId],
  );
  for (const agent of agents.rows)
    await markAgentEnded(execute, String(agent['id']), { ...o, reason: 'owner_deleted' });
}
