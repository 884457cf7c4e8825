import type { Execute } from '@artdag/messaging';
import { AppError } from '@artdag/service-kit';
import type { OrgRole } from '../actors/actor-profile.ts';

/** A microDAO as other services and operators see it. */
export interface Org {
  id: string;
  /** `microdao:<slug>` */
  public_id: string;
  name: string;
  kind: 'personal' | 'team';
}

/** With its present members. */
export interface ListedOrg extends Org {
  members: { actor_id: string; handle: string; role: OrgRole; joined_at: string }[];
}

const columns = 'id, public_id, name, kind';

/**
 * The org of an id (`org_…`), a public id or a slug, its row locked: one change of its memberships at a time, so that its last
 * two owners cannot leave at once. Actors are locked before orgs.
 *
 * @throws AppError 404 `org_not_found`
 */
export async function lockOrg(execute: Execute, ref: string): Promise<Org> {
  const isId = /^org_[0-9a-z]{1,40}$/.test(ref);
  const slug = ref.replace(/^microdao:/, '');
  const isSlug = /^[a-z0-9-]{2,64}$/.test(slug);
  const condition = isId ? 'id = $1' : 'public_id = $1';
  const { rows } =
    isId || isSlug
      ? await execute(`SELECT ${columns} FROM orgs WHERE ${condition} FOR UPDATE`, [isId ? ref : `microdao:${slug}`])
      : { rows: [] };
  if (rows[0] === undefined) throw new AppError('org_not_found', 404, `There is no organisation ${ref}.`);
  return rows[0] as unknown as Org;
}

/** @throws AppError 409 `personal_org`: a personal org is its owner's alone */
export function refusePersonal(org: Org): void {
  if (org.kind === 'team') return;
  throw new AppError(
    'personal_org',
    409,
    `${org.public_id} is somebody's personal organisation and has no other members.`,
  );
}

/** The actor's role in the org now; null for none. */
export async function roleOf(execute: Execute, orgId: string, actorId: string): Promise<OrgRole | null> {
  const current = `SELECT role FROM memberships WHERE org_id = $1 AND actor_id = $2 AND left_at IS NULL`;
  const { rows } = await execute(current, [orgId, actorId]);
  return rows[0] === undefined ? null : (rows[0]['role'] as OrgRole);
}

/** @throws AppError 409 `last_owner` when nobody else active owns the org */
export async function refuseLastOwner(execute: Execute, org: Org, actorId: string): Promise<void> {
  const { rows } = await execute(
    `SELECT 1 AS one FROM memberships m JOIN actors a ON a.id = m.actor_id
     WHERE m.org_id = $1 AND m.role = 'owner' AND m.left_at IS NULL AND a.status = 'active' AND a.id <> $2 LIMIT 1`,
    [org.id, actorId],
  );
  if (rows.length > 0) return;
  throw new AppError(
    'last_owner',
    409,
    `This is the last owner of ${org.public_id}. Make somebody else an owner first.`,
  );
}
