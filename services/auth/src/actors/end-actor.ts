import { userUpdated } from '@artdag/events';
import { appendEvent } from '@artdag/messaging';
import { appendAudit } from '../audit/audit.ts';
import { liftDenials } from '../revocation/write-denials.ts';
import type { By, InTransaction } from '../transaction.ts';
import {
  accountDeleted,
  activeAgentsOf,
  agentsOf,
  auditEntry,
  deleteIn,
  denyAgentsIn,
  disableIn,
  endAgentIn,
  eventFields,
  setStatus,
} from './end-actor-rows.ts';
import { lockActor } from './locked-actor.ts';

export interface EndActorDeps {
  inTransaction: InTransaction;
  revoker: {
    /** Resolves when no replica accepts these ids any more. */
    enforce(ids: readonly string[]): Promise<void>;
    /** Resolves when they pass again everywhere, or is over soon. */
    lift(ids: readonly string[]): Promise<void>;
  };
  changes: { announce(actorId: string): void };
  now: () => Date;
  onEvent: () => void;
}

/**
 * Disables an account: whatever it has ends in one transaction, and no replica accepts any of it once this resolves. A lasting
 * denial of the actor covers the credentials until each has its own entry in the store. Its agents stay what they are, and are refused for as
 * long as it is disabled; what L1s got of them ends with it. Repeating it is safe.
 *
 * @throws AppError 404 `actor_not_found`, 409 `last_sysadmin`, 409 `account_deleted`
 */
export async function disableActor(deps: EndActorDeps, actorId: string, by: By): Promise<void> {
  const ending = { by, now: deps.now() };
  const { agents, ids } = await deps.inTransaction(actorId, async (execute) => {
    await disableIn(execute, actorId, ending);
    return await denyAgentsIn(execute, actorId, ending);
  });
  await ended(deps, [actorId, ...agents], [actorId, ...ids]);
}

/**
 * Deletes an account: as disabling does, and erases its personal data. Its handle is never given again. Its agents are deleted with it, in
 * transactions of their own, since each sees what is its own only: repeating it deletes those that an interruption has left.
 *
 * @throws AppError 404 `actor_not_found`, 409 `last_sysadmin`, 409 `last_owner` while others depend on an org that it alone owns
 */
export async function deleteActor(deps: EndActorDeps, actorId: string, by: By): Promise<void> {
  const ending = { by, now: deps.now() };
  await deps.inTransaction(actorId, (execute) => deleteIn(execute, actorId, ending));
  const inForce = ended(deps, [actorId]);
  const agents = await deps.inTransaction(null, (execute) => agentsOf(execute, actorId));
  const ofOwner = { ...ending, by: { ...by, data: { ...by.data, owner: actorId } } };
  for (const agent of agents) await deps.inTransaction(agent, (execute) => endAgentIn(execute, agent, ofOwner));
  await Promise.all([inForce, ended(deps, agents)]);
}

/**
 * Lets a disabled account in again. What it had stays ended: it signs in anew.
 *
 * @throws AppError 404 `actor_not_found`, 409 `account_deleted`
 */
export async function enableActor(deps: EndActorDeps, actorId: string, by: By): Promise<void> {
  const now = deps.now();
  const lifted = await deps.inTransaction(actorId, async (execute) => {
    const actor = await lockActor(execute, actorId);
    if (actor.status === 'deleted') throw accountDeleted(actor);
    const ids = [actorId, ...(await activeAgentsOf(execute, actorId))];
    if (actor.status === 'active') return ids;
    await setStatus(execute, actor, 'active');
    await liftDenials(execute, ids);
    await appendEvent(execute, userUpdated.create(eventFields(actor, now, by)));
    await appendAudit(execute, auditEntry('account.enabled', actor, by));
    return ids;
  });
  deps.changes.announce(actorId);
  deps.onEvent();
  await deps.revoker.lift(lifted);
}

/** After the commit. */
async function ended(
  deps: EndActorDeps,
  actorIds: readonly string[],
  ids: readonly string[] = actorIds,
): Promise<void> {
  for (const actorId of actorIds) deps.changes.announce(actorId);
  deps.onEvent();
  await deps.revoker.enforce(ids);
}
