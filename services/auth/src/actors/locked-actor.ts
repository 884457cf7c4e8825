import type { Execute } from '@artdag/messaging';
import { AppError } from '@artdag/service-kit';

/** An actor whose row is locked until the transaction ends: nothing is minted for it meanwhile. */
export interface LockedActor {
  actorId: string;
  actorType: string;
  handle: string;
  status: 'active' | 'disabled' | 'deleted';
  isSysadmin: boolean;
  personalOrgId: string | null;
  version: number;
}

/**
 * Conflicts with the share lock of whoever mints something. Everybody locks the actor before its sessions, keys and orgs.
 *
 * @throws AppError 404 `actor_not_found`
 */
export async function lockActor(execute: Execute, actorId: string): Promise<LockedActor> {
  const { rows } = await execute(
    `SELECT id AS "actorId", actor_type AS "actorType", handle, status, is_sysadmin AS "isSysadmin",
            personal_org_id AS "personalOrgId", version
     FROM actors WHERE id = $1 FOR NO KEY UPDATE`,
    [actorId],
  );
  if (rows[0] === undefined) throw actorNotFound(actorId);
  return rows[0] as unknown as LockedActor;
}

/**
 * Whoever takes the office from somebody holds this first, so that two who take it from each other do not leave none.
 * Take it before any actor's row.
 */
export async function lockSysadmins(execute: Execute): Promise<void> {
  await execute(`SELECT pg_advisory_xact_lock(hashtextextended('sysadmins', 0))::text`, []);
}

/** @throws AppError 409 `last_sysadmin` when nobody else active holds the office */
export async function refuseLastSysadmin(execute: Execute, actor: LockedActor): Promise<void> {
  if (!actor.isSysadmin || actor.status !== 'active') return;
  const others = `SELECT 1 AS one FROM actors WHERE is_sysadmin AND status = 'active' AND id <> $1 LIMIT 1`;
  if ((await execute(others, [actor.actorId])).rows.length > 0) return;
  throw new AppError(
    'last_sysadmin',
    409,
    `${actor.handle} is the last sysadmin. Make somebody else one first: artdag-admin sysadmin grant <handle>.`,
  );
}

export function actorNotFound(ref: string): AppError {
  return new AppError('actor_not_found', 404, `There is no actor ${ref}.`);
}
