import { userUpdated } from '@artdag/events';
import { appendEvent } from '@artdag/messaging';
import { AppError, newId } from '@artdag/service-kit';
import { appendAudit } from '../audit/audit.ts';
import type { By, InTransaction } from '../transaction.ts';
import { endSigned } from './end-credentials.ts';
import { lockActor, lockSysadmins, refuseLastSysadmin } from './locked-actor.ts';

export interface SetSysadminDeps {
  inTransaction: InTransaction;
  revoker: { enforce(ids: readonly string[]): Promise<void> };
  changes: { announce(actorId: string): void };
  now: () => Date;
  onEvent: () => void;
}

/**
 * Gives the office of sysadmin to an active human, or takes it. Signed tokens say `system_admin` until they expire, so taking
 * it ends the actor's sessions and API tokens; API keys, whose roles are read afresh, stay.
 *
 * @throws AppError 404 `actor_not_found`; 409 `not_active`, `not_human`, `last_sysadmin`
 */
export async function setSysadmin(deps: SetSysadminDeps, actorId: string, isSysadmin: boolean, by: By): Promise<void> {
  const now = deps.now();
  const ended = await deps.inTransaction(actorId, async (execute) => {
    await lockSysadmins(execute);
    const actor = await lockActor(execute, actorId);
    if (actor.isSysadmin === isSysadmin) return [];
    if (isSysadmin && actor.status !== 'active') throw unfit('not_active', `${actor.handle} is ${actor.status}.`);
    if (isSysadmin && actor.actorType !== 'human') throw unfit('not_human', 'Only a human can be a sysadmin.');
    if (!isSysadmin) await refuseLastSysadmin(execute, actor);
    const change = `UPDATE actors SET is_sysadmin = $2::boolean, version = version + 1, updated_at = now() WHERE id = $1`;
    await execute(change, [actorId, isSysadmin]);
    const what = { actorId, username: actor.handle, reason: 'sysadmin_revoked', now };
    const ids = isSysadmin ? [] : await endSigned(execute, what, by);
    const version = actor.version + 1;
    const event = { subject: actorId, subject_version: version, actor_id: actorId, data: { actor_id: actorId } };
    const stamp = { id: newId('evt'), occurred_at: now.toISOString(), correlation_id: by.requestId };
    await appendEvent(execute, userUpdated.create({ ...stamp, ...event }));
    const action = isSysadmin ? 'sysadmin.granted' : 'sysadmin.revoked';
    await appendAudit(execute, { ...by, action, target: actorId });
    return ids;
  });
  deps.changes.announce(actorId);
  deps.onEvent();
  if (ended.length > 0) await deps.revoker.enforce(ended);
}

function unfit(code: string, message: string): AppError {
  return new AppError(code, 409, message);
}
