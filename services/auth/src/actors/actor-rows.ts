import type { Execute } from '@artdag/messaging';
import { AppError } from '@artdag/service-kit';
import type { ActorProfile } from './actor-profile.ts';

/** As whoever changes an address holds it: of two who want one at once, the second finds it taken. */
export async function lockEmail(execute: Execute, email: string | null | undefined): Promise<void> {
  if (email === null || email === undefined) return;
  await execute(`SELECT pg_advisory_xact_lock(hashtextextended('email:' || $1, 0))::text`, [email]);
}

/** Held until the commit, so that nothing is made for somebody who is being disabled. */
export async function refuseAbsentOwner(execute: Execute, ownerActorId: string | null | undefined): Promise<void> {
  if (ownerActorId === null || ownerActorId === undefined) return;
  const { rows } = await execute(`SELECT status FROM actors WHERE id = $1 FOR SHARE`, [ownerActorId]);
  if (rows[0]?.['status'] === 'active') return;
  throw new AppError('owner_not_found', 422, `The owner ${ownerActorId} is no active actor.`);
}

export async function findByRef(execute: Execute, ref: string | null | undefined): Promise<string | null> {
  if (ref === null || ref === undefined) return null;
  const { rows } = await execute(`SELECT id FROM actors WHERE registration_ref = $1`, [ref]);
  return rows[0] === undefined ? null : String(rows[0]['id']);
}

export async function isTaken(execute: Execute, column: 'handle' | 'email', value: string): Promise<boolean> {
  const { rows } = await execute(`SELECT 1 AS one FROM actors WHERE ${column} = $1`, [value]);
  return rows.length > 0;
}

/** Columns that a profile does not show. */
interface MoreColumns {
  emailVerified?: boolean;
  ownerActorId?: string | null;
  registrationRef?: string | null;
}

/** ON CONFLICT DO NOTHING: of two at once one inserts and the other sees zero rows, with no error that ends its transaction. */
export async function insertActor(execute: Execute, profile: ActorProfile, more: MoreColumns): Promise<boolean> {
  const { rowCount } = await execute(
    `INSERT INTO actors (id, actor_type, handle, display_name, email, email_verified, is_sysadmin, owner_actor_id,
                         personal_org_id, registration_ref, created_at)
     VALUES ($1, $2, $3, $4, $5, $6::boolean, $7::boolean, $8, $9, $10, $11::timestamptz) ON CONFLICT DO NOTHING`,
    [
      profile.actorId,
      profile.actorType,
      profile.handle,
      profile.displayName,
      profile.email,
      more.emailVerified ?? false,
      profile.isSysadmin,
      more.ownerActorId ?? null,
      profile.personalOrgId,
      more.registrationRef ?? null,
      profile.createdAt.toISOString(),
    ],
  );
  return rowCount === 1;
}

/**
 * Handles and the names of orgs are one namespace; a human's handle names their personal org at once.
 *
 * @returns false when an org has the name
 */
export async function claimOrgName(execute: Execute, profile: ActorProfile): Promise<boolean> {
  const { actorId, personalOrgId, handle, displayName, createdAt } = profile;
  const publicId = `microdao:${handle}`;
  const { rows } = await execute(`SELECT 1 AS one FROM orgs WHERE public_id = $1`, [publicId]);
  if (rows.length > 0) return false;
  if (personalOrgId === null) return true;
  await execute(`INSERT INTO orgs (id, public_id, name, kind) VALUES ($1, $2, $3, 'personal')`, [
    personalOrgId,
    publicId,
    displayName,
  ]);
  await execute(
    `INSERT INTO memberships (actor_id, org_id, role, joined_at) VALUES ($1, $2, 'owner', $3::timestamptz)`,
    [actorId, personalOrgId, createdAt.toISOString()],
  );
  return true;
}
