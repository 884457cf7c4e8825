import type { Execute } from '@artdag/messaging';
import { AppError } from '@artdag/service-kit';
import type { OrgRole } from '../actors/actor-profile.ts';
import { endApiKeys, endSigned, type EndCredentials } from '../actors/end-credentials.ts';
import { actorNotFound } from '../actors/locked-actor.ts';
import { appendAudit } from '../audit/audit.ts';
import type { By, InTransaction } from '../transaction.ts';
import { lockOrg, refuseLastOwner, refusePersonal, roleOf, type Org } from './org.ts';

export interface MembersDeps {
  inTransaction: InTransaction;
  revoker: { enforce(ids: readonly string[]): Promise<void> };
  changes: { announce(actorId: string): void };
  now: () => Date;
  /** Called after a commit that wrote an event. */
  onEvent: () => void;
}

/** One actor's place in one org. */
export interface Place {
  org: string;
  actorId: string;
}

interface LockedMember {
  status: string;
  handle: string;
  personalOrgId: string | null;
}

const rank: Record<OrgRole, number> = { owner: 2, admin: 1, member: 0 };

/**
 * Makes an active actor a member, or gives a member another role. Signed tokens say for as long as they live which orgs and roles
 * their owner had, so a lower one ends the actor's sessions and API tokens; API keys, whose roles are read afresh, stay.
 *
 * @throws AppError 404 `org_not_found`, `actor_not_found`; 409 `personal_org`, `not_active`, `last_owner`, `not_a_member` with `existing`
 */
export async function setMember(
  deps: MembersDeps,
  place: Place & { role: OrgRole; existing?: boolean },
  by: By,
): Promise<Org> {
  const { actorId, role } = place;
  return await change(deps, place, async (execute, org, member) => {
    if (member.status !== 'active') throw new AppError('not_active', 409, `${member.handle} is ${member.status}.`);
    const before = await roleOf(execute, org.id, actorId);
    if (before === role) return [];
    if (before === null && place.existing === true) throw notAMember(org, member);
    if (before === 'owner') await refuseLastOwner(execute, org, actorId);
    await execute(
      `INSERT INTO memberships (actor_id, org_id, role, joined_at) VALUES ($1, $2, $3, $4::timestamptz)
       ON CONFLICT (actor_id, org_id) DO UPDATE SET role = excluded.role, left_at = NULL,
         joined_at = CASE WHEN memberships.left_at IS NULL THEN memberships.joined_at ELSE excluded.joined_at END`,
      [actorId, org.id, role, deps.now().toISOString()],
    );
    const action = before === null ? 'membership.added' : 'membership.changed';
    const data = { ...by.data, org: org.public_id, role, before };
    await appendAudit(execute, { ...by, action, target: actorId, data });
    if (before === null || rank[role] > rank[before]) return [];
    return await endSigned(execute, ending(place, member, 'role_lowered', deps.now()), by);
  });
}

/**
 * Ends a membership, the API keys that the actor had for this org, and, as a lower role does, all sessions and API tokens.
 *
 * @throws AppError 404 `org_not_found`, `actor_not_found`; 409 `personal_org`, `not_a_member`, `last_owner`
 */
export async function removeMember(deps: MembersDeps, place: Place, by: By): Promise<Org> {
  const { actorId } = place;
  return await change(deps, place, async (execute, org, member) => {
    const role = await roleOf(execute, org.id, actorId);
    if (role === null) throw notAMember(org, member);
    if (role === 'owner') await refuseLastOwner(execute, org, actorId);
    const now = deps.now();
    await execute(`UPDATE memberships SET left_at = $3::timestamptz WHERE actor_id = $1 AND org_id = $2`, [
      actorId,
      org.id,
      now.toISOString(),
    ]);
    const data = { ...by.data, org: org.public_id, role };
    await appendAudit(execute, { ...by, action: 'membership.removed', target: actorId, data });
    const what = ending(place, member, 'membership_removed', now);
    return [...(await endSigned(execute, what, by)), ...(await endApiKeys(execute, { ...what, orgId: org.id }))];
  });
}

/** Locks actor and org, in this order, changes, and sees that what the change has ended is refused everywhere. */
async function change(
  deps: MembersDeps,
  place: Place,
  work: (execute: Execute, org: Org, member: LockedMember) => Promise<string[]>,
): Promise<Org> {
  const { org, ended } = await deps.inTransaction(place.actorId, async (execute) => {
    const { rows } = await execute(
      `SELECT status, handle, personal_org_id AS "personalOrgId" FROM actors WHERE id = $1 FOR NO KEY UPDATE`,
      [place.actorId],
    );
    if (rows[0] === undefined) throw actorNotFound(place.actorId);
    const locked = await lockOrg(execute, place.org);
    refusePersonal(locked);
    return { org: locked, ended: await work(execute, locked, rows[0] as unknown as LockedMember) };
  });
  deps.changes.announce(place.actorId);
  deps.onEvent();
  if (ended.length > 0) await deps.revoker.enforce(ended);
  return org;
}

function ending(place: Place, member: LockedMember, reason: string, now: Date): EndCredentials {
  return { actorId: place.actorId, username: member.handle, reason, now };
}

function notAMember(org: Org, member: LockedMember): AppError {
  return new AppError('not_a_member', 409, `${member.handle} is no member of ${org.public_id}.`);
}
