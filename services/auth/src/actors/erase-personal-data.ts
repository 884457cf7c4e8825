import type { Execute } from '@artdag/messaging';
import { AppError } from '@artdag/service-kit';
import type { LockedActor } from './locked-actor.ts';

/** What people are shown of somebody who has gone; the handle stays, as claims name it for ever. */
const nobody = 'Deleted account';

/**
 * Takes out of auth what says something of a person: names, addresses, the password, where they signed in from, what they called
 * their keys. They leave their orgs.
 *
 * @throws AppError 409 `last_owner` while others depend on an org that this actor alone owns
 */
export async function erasePersonalData(execute: Execute, actor: LockedActor, now: Date): Promise<void> {
  const { actorId, handle, personalOrgId } = actor;
  await leaveOrgs(execute, actor, now);
  await execute(
    `UPDATE actors SET email = NULL, email_verified = false, avatar_url = NULL, display_name = $2, is_sysadmin = false
     WHERE id = $1`,
    [actorId, nobody],
  );
  await execute(`UPDATE users SET password_hash = NULL, updated_at = now() WHERE actor_id = $1`, [actorId]);
  await execute(`UPDATE orgs SET name = $2, updated_at = now() WHERE id = $1`, [personalOrgId, handle]);
  await execute(`UPDATE sessions SET ip = NULL, user_agent = NULL WHERE actor_id = $1`, [actorId]);
  await execute(`UPDATE api_keys SET description = '' WHERE actor_id = $1`, [actorId]);
  await execute(`UPDATE api_tokens SET label = '' WHERE actor_id = $1`, [actorId]);
}

async function leaveOrgs(execute: Execute, { actorId, handle }: LockedActor, now: Date): Promise<void> {
  // Every change of a membership locks its org, after the actor.
  const own = `SELECT org_id FROM memberships WHERE actor_id = $1 AND left_at IS NULL`;
  await execute(`SELECT id FROM orgs WHERE id IN (${own}) ORDER BY id FOR UPDATE`, [actorId]);
  const { rows } = await execute(
    `SELECT o.public_id AS name FROM orgs o JOIN memberships m ON m.org_id = o.id
     WHERE m.actor_id = $1 AND m.left_at IS NULL AND m.role = 'owner'
       AND EXISTS (SELECT 1 FROM memberships x JOIN actors a ON a.id = x.actor_id
                   WHERE x.org_id = o.id AND x.left_at IS NULL AND x.actor_id <> $1 AND a.status = 'active')
       AND NOT EXISTS (SELECT 1 FROM memberships x JOIN actors a ON a.id = x.actor_id
                       WHERE x.org_id = o.id AND x.left_at IS NULL AND x.actor_id <> $1 AND a.status = 'active'
                         AND x.role = 'owner')
     LIMIT 1`,
    [actorId],
  );
  if (rows[0] !== undefined) {
    const message = `${handle} is the last owner of ${String(rows[0]['name'])}, which has other members. Make one of them an owner first.`;
    throw new AppError('last_owner', 409, message);
  }
  await execute(`UPDATE memberships SET left_at = $2::timestamptz WHERE actor_id = $1 AND left_at IS NULL`, [
    actorId,
    now.toISOString(),
  ]);
}
