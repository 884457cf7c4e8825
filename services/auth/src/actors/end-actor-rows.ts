import { userDeleted, userDisabled } from '@artdag/events';
import { appendEvent, type Execute } from '@artdag/messaging';
import { AppError, newId } from '@artdag/service-kit';
import { appendAudit, type AuditEntry } from '../audit/audit.ts';
import { endL1TokensWith } from '../l1-tokens/end-with-credential.ts';
import { writeDenials, type Denial } from '../revocation/write-denials.ts';
import { seeAs, type By } from '../transaction.ts';
import { endApiKeys, endSigned } from './end-credentials.ts';
import { erasePersonalData } from './erase-personal-data.ts';
import { lockActor, lockSysadmins, refuseLastSysadmin, type LockedActor } from './locked-actor.ts';

/** An actor's one entry stays: a credential that was forgotten, or that another service keeps, is refused with it. */
const forever = new Date('9999-12-31T00:00:00Z');

/** Under which circumstances an actor is ended. */
export interface Ending {
  by: By;
  now: Date;
}

/** `disableActor` in the caller's transaction, which is the actor's; its id is to be enforced after the commit. */
export async function disableIn(execute: Execute, actorId: string, { by, now }: Ending): Promise<void> {
  const actor = await lockEnding(execute, actorId);
  if (actor.status === 'deleted') throw accountDeleted(actor);
  if (actor.status === 'disabled') return;
  await setStatus(execute, actor, 'disabled');
  await writeDenials(execute, [denialOf(actor, 'account_disabled')]);
  await endAll(execute, actor, 'account_disabled', now, by);
  await appendEvent(execute, userDisabled.create(eventFields(actor, now, by)));
  await appendAudit(execute, auditEntry('account.disabled', actor, by));
}

/** `deleteActor` likewise, without its agents. */
export async function deleteIn(execute: Execute, actorId: string, { by, now }: Ending): Promise<void> {
  const actor = await lockEnding(execute, actorId);
  if (actor.status === 'deleted') return;
  await erasePersonalData(execute, actor, now);
  await setStatus(execute, actor, 'deleted');
  await writeDenials(execute, [denialOf(actor, 'account_deleted')]);
  await endAll(execute, actor, 'account_deleted', now, by);
  await appendEvent(execute, userDeleted.create(eventFields(actor, now, by)));
  await appendAudit(execute, auditEntry('account.deleted', actor, by));
}

/**
 * Ends an agent for good in the caller's transaction, which is the agent's; its id is to be enforced after the commit. Deleted, unless an
 * operator has made it the last owner of an org: then it is disabled and stays there.
 */
export async function endAgentIn(execute: Execute, actorId: string, ending: Ending): Promise<void> {
  try {
    await deleteIn(execute, actorId, ending);
  } catch (error) {
    // Thrown before anything was written.
    if (!(error instanceof AppError) || error.code !== 'last_owner') throw error;
    await disableIn(execute, actorId, ending);
  }
}

/**
 * Refuses what an owner's agents hold while the owner is disabled, in the caller's transaction, which is the owner's. What L1s got of them ends for
 * good, as an L1 that has been told forgets it.
 *
 * @returns the agents, and all ids that are to be enforced after the commit
 */
export async function denyAgentsIn(
  execute: Execute,
  ownerActorId: string,
  { by, now }: Ending,
): Promise<{ agents: string[]; ids: string[] }> {
  const agents = await activeAgentsOf(execute, ownerActorId);
  const ids = [...agents];
  for (const actorId of agents) {
    await seeAs(execute, actorId);
    const ofOwner = { ...by, data: { ...by.data, owner: ownerActorId } };
    const which = { actorId, credentialIds: null, reason: 'owner_disabled' };
    ids.push(...(await endL1TokensWith(execute, which, ofOwner, now)));
  }
  await seeAs(execute, ownerActorId);
  await writeDenials(
    execute,
    agents.map((id) => ({ id, reason: 'owner_disabled', actorId: id, expiresAt: forever })),
  );
  return { agents, ids };
}

/** The agents that nobody has disabled for themselves. */
export async function activeAgentsOf(execute: Execute, ownerActorId: string): Promise<string[]> {
  const { rows } = await execute(
    `SELECT id FROM actors WHERE owner_actor_id = $1 AND actor_type = 'agent' AND status = 'active' ORDER BY id`,
    [ownerActorId],
  );
  return rows.map(({ id }) => String(id));
}

/** Its agents that may still do something. Services work for an organisation rather than for whoever set them up: they stay. */
export async function agentsOf(execute: Execute, ownerActorId: string): Promise<string[]> {
  const { rows } = await execute(
    `SELECT id FROM actors WHERE owner_actor_id = $1 AND actor_type = 'agent' AND status <> 'deleted' ORDER BY id`,
    [ownerActorId],
  );
  return rows.map(({ id }) => String(id));
}

async function lockEnding(execute: Execute, actorId: string): Promise<LockedActor> {
  await lockSysadmins(execute);
  const actor = await lockActor(execute, actorId);
  await refuseLastSysadmin(execute, actor);
  return actor;
}

/** Makes it the next version of the actor. */
export async function setStatus(execute: Execute, actor: LockedActor, status: LockedActor['status']): Promise<void> {
  await execute(`UPDATE actors SET status = $2, version = version + 1, updated_at = now() WHERE id = $1`, [
    actor.actorId,
    status,
  ]);
}

async function endAll(execute: Execute, actor: LockedActor, reason: string, now: Date, by: By): Promise<void> {
  const what = { actorId: actor.actorId, username: actor.handle, reason, now };
  await endApiKeys(execute, what);
  await endSigned(execute, what, by);
}

function denialOf(actor: LockedActor, reason: string): Denial {
  return { id: actor.actorId, reason, actorId: actor.actorId, username: actor.handle, expiresAt: forever };
}

/** Of the event that tells of the actor’s next version. */
export function eventFields(actor: LockedActor, now: Date, by: By) {
  return {
    id: newId('evt'),
    occurred_at: now.toISOString(),
    subject: actor.actorId,
    subject_version: actor.version + 1,
    actor_id: actor.actorId,
    org_id: actor.personalOrgId,
    correlation_id: by.requestId,
    data: { actor_id: actor.actorId },
  };
}

export function auditEntry(action: string, actor: LockedActor, by: By): AuditEntry {
  return { ...by, action, target: actor.actorId };
}

export function accountDeleted(actor: LockedActor): AppError {
  return new AppError('account_deleted', 409, `The account ${actor.handle} is deleted, which cannot be undone.`);
}
