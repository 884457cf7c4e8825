import type { Execute } from '@artdag/messaging';
import { AppError, newId } from '@artdag/service-kit';
import { isHandle, isReservedHandle } from '../accounts/handle.ts';
import { refuseAbsentOwner } from '../actors/actor-rows.ts';
import { handleTaken } from '../actors/create-actor.ts';
import { lockHandle } from '../actors/lock-handle.ts';
import { appendAudit } from '../audit/audit.ts';
import type { By, InTransaction } from '../transaction.ts';
import { roleOf, type Org } from './org.ts';

export interface CreateOrgDeps {
  inTransaction: InTransaction;
  changes: { announce(actorId: string): void };
  now: () => Date;
}

export interface NewOrg {
  slug: string;
  name: string;
  ownerActorId: string;
}

/**
 * Makes a team org with its first owner. Asking again for an org that this owner owns gives it back, so that a crash between two
 * services burns no name.
 *
 * @throws AppError 422 `invalid_handle`, `owner_not_found`; 409 `handle_taken`
 */
export async function createOrg(deps: CreateOrgDeps, input: NewOrg, by: By): Promise<{ created: boolean; org: Org }> {
  const { slug, ownerActorId } = input;
  if (!isHandle(slug)) throw new AppError('invalid_handle', 422, `"${slug}" has not the form of a handle.`);
  if (isReservedHandle(slug)) throw new AppError('invalid_handle', 422, `The handle ${slug} is reserved.`);
  const made = await deps.inTransaction(ownerActorId, async (execute) => {
    await refuseAbsentOwner(execute, ownerActorId);
    await lockHandle(execute, slug);
    const known = await findOwned(execute, slug, ownerActorId);
    if (known !== null) return { created: false, org: known };
    const org: Org = { id: newId('org'), public_id: `microdao:${slug}`, name: input.name, kind: 'team' };
    await execute(`INSERT INTO orgs (id, public_id, name, kind) VALUES ($1, $2, $3, $4)`, [
      org.id,
      org.public_id,
      org.name,
      org.kind,
    ]);
    await execute(
      `INSERT INTO memberships (actor_id, org_id, role, joined_at) VALUES ($1, $2, 'owner', $3::timestamptz)`,
      [ownerActorId, org.id, deps.now().toISOString()],
    );
    const data = { ...by.data, public_id: org.public_id, owner: ownerActorId };
    await appendAudit(execute, { ...by, action: 'org.created', target: org.id, data });
    return { created: true, org };
  });
  deps.changes.announce(ownerActorId);
  return made;
}

/** @throws AppError 409 `handle_taken` when the name is somebody else's */
async function findOwned(execute: Execute, slug: string, ownerActorId: string): Promise<Org | null> {
  const named = await execute(`SELECT 1 AS one FROM actors WHERE handle = $1`, [slug]);
  if (named.rows.length > 0) throw handleTaken(slug);
  const { rows } = await execute(`SELECT id, public_id, name, kind FROM orgs WHERE public_id = $1`, [
    `microdao:${slug}`,
  ]);
  const org = rows[0] as unknown as Org | undefined;
  if (org === undefined) return null;
  if (org.kind === 'team' && (await roleOf(execute, org.id, ownerActorId)) === 'owner') return org;
  throw handleTaken(slug);
}
