import { userDeleted, userDisabled, userLoggedOut, userUpdated } from '@artdag/events';
import { appendEvent, type Execute } from '@artdag/messaging';
import { AppError, newId } from '@artdag/service-kit';
import { appendAudit, type AuditEntry } from '../audit/audit.ts';
import { liftDenials, writeDenials, type Denial } from '../revocation/write-denials.ts';
import type { By, InTransaction } from '../transaction.ts';
import { endApiKeys, endSessions, endTokens } from './end-credentials.ts';
import { erasePersonalData } from './erase-personal-data.ts';
import { lockActor, lockSysadmins, refuseLastSysadmin, type LockedActor } from './locked-actor.ts';

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

/** An actor's one entry stays: a credential that was forgotten, or that another service keeps, is refused with it. */
const forever = new Date('9999-12-31T00:00:00Z');

/**
 * Disables an account: whatever it has ends in one transaction, and no replica accepts any of it once this resolves. A lasting
 * denial of the actor covers the credentials until each has its own entry in the store. Repeating it is safe.
 *
 * @throws AppError 404 `actor_not_found`, 409 `last_sysadmin`, 409 `account_deleted`
 */
export async function disableActor(deps: EndActorDeps, actorId: string, by: By): Promise<void> {
  await endActor(deps, actorId, async (execute, actor, now) => {
    if (actor.status === 'deleted') throw accountDeleted(actor);
    if (actor.status === 'disabled') return;
    await setStatus(execute, actor, 'disabled');
    await writeDenials(execute, [denialOf(actor, 'account_disabled')]);
    await endAll(execute, actor, 'account_disabled', now, by);
    await appendEvent(execute, userDisabled.create(eventFields(actor, now, by)));
    await appendAudit(execute, auditEntry('account.disabled', actor, by));
  });
}

/**
 * Deletes an account: as disabling does, and erases its personal data. Its handle is never given again.
 *
 * @throws AppError 404 `actor_not_found`, 409 `last_sysadmin`, 409 `last_owner` while others depend on an org that it alone owns
 */
export async function deleteActor(deps: EndActorDeps, actorId: string, by: By): Promise<void> {
  await endActor(deps, actorId, async (execute, actor, now) => {
    if (actor.status === 'deleted') return;
    await erasePersonalData(execute, actor, now);
    await setStatus(execute, actor, 'deleted');
    await writeDenials(execute, [denialOf(actor, 'account_deleted')]);
    await endAll(execute, actor, 'account_deleted', now, by);
    await appendEvent(execute, userDeleted.create(eventFields(actor, now, by)));
    await appendAudit(execute, auditEntry('account.deleted', actor, by));
  });
}

/**
 * Lets a disabled account in again. What it had stays ended: it signs in anew.
 *
 * @throws AppError 404 `actor_not_found`, 409 `account_deleted`
 */
export async function enableActor(deps: EndActorDeps, actorId: string, by: By): Promise<void> {
  const now = deps.now();
  await deps.inTransaction(actorId, async (execute) => {
    const actor = await lockActor(execute, actorId);
    if (actor.status === 'deleted') throw accountDeleted(actor);
    if (actor.status === 'active') return;
    await setStatus(execute, actor, 'active');
    await liftDenials(execute, [actorId]);
    await appendEvent(execute, userUpdated.create(eventFields(actor, now, by)));
    await appendAudit(execute, auditEntry('account.enabled', actor, by));
  });
  deps.changes.announce(actorId);
  deps.onEvent();
  await deps.revoker.lift([actorId]);
}

async function endActor(
  deps: EndActorDeps,
  actorId: string,
  end: (execute: Execute, actor: LockedActor, now: Date) => Promise<void>,
): Promise<void> {
  await deps.inTransaction(actorId, async (execute) => {
    await lockSysadmins(execute);
    const actor = await lockActor(execute, actorId);
    await refuseLastSysadmin(execute, actor);
    await end(execute, actor, deps.now());
  });
  deps.changes.announce(actorId);
  deps.onEvent();
  await deps.revoker.enforce([actorId]);
}

async function setStatus(execute: Execute, actor: LockedActor, status: LockedActor['status']): Promise<void> {
  await execute(`UPDATE actors SET status = $2, version = version + 1, updated_at = now() WHERE id = $1`, [
    actor.actorId,
    status,
  ]);
}

async function endAll(execute: Execute, actor: LockedActor, reason: string, now: Date, by: By): Promise<void> {
  const { actorId, handle: username } = actor;
  const what = { actorId, username, reason, now };
  await endSessions(execute, what);
  await endApiKeys(execute, what);
  const { ids: jtis, l1Tokens } = await endTokens(execute, what);
  const data = { actor_id: actorId, username, session_id: null, jtis, l1_tokens: l1Tokens, all: true, reason };
  await appendEvent(execute, userLoggedOut.create({ ...eventFields(actor, now, by), data }));
}

function denialOf(actor: LockedActor, reason: string): Denial {
  return { id: actor.actorId, reason, actorId: actor.actorId, username: actor.handle, expiresAt: forever };
}

function eventFields(actor: LockedActor, now: Date, by: By) {
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

function auditEntry(action: string, actor: LockedActor, by: By): AuditEntry {
  return { ...by, action, target: actor.actorId };
}

function accountDeleted(actor: LockedActor): AppError {
  return new AppError('account_deleted', 409, `The account ${actor.handle} is deleted, which cannot be undone.`);
}
