import { userUpdated } from '@artdag/events';
import { appendEvent, type Execute } from '@artdag/messaging';
import { newId } from '@artdag/service-kit';
import { appendAudit } from '../audit/audit.ts';
import type { By } from '../transaction.ts';
import { emailTaken } from './create-actor.ts';

/** An active actor, its row locked. */
export interface AccountRow {
  id: string;
  display_name: string;
  email: string | null;
  version: number;
}

/** What is undefined stays as it is. */
export interface AccountChanges {
  displayName?: string | undefined;
  email?: string | null | undefined;
}

/** Null for somebody who is unknown, disabled or deleted. */
export async function lockAccount(execute: Execute, actorId: string): Promise<AccountRow | null> {
  const { rows } = await execute(
    `SELECT id, display_name, email, version FROM actors WHERE id = $1 AND status = 'active' FOR UPDATE`,
    [actorId],
  );
  return (rows[0] as unknown as AccountRow | undefined) ?? null;
}

/** Writes what differs, its audit row and, if others see it, `user-updated`. @throws AppError 409 `email_taken` */
export async function changeAccount(
  execute: Execute,
  actor: AccountRow,
  changes: AccountChanges,
  { by, now }: { by: By; now: Date },
): Promise<void> {
  const { displayName = actor.display_name, email = actor.email } = changes;
  const isPublic = displayName !== actor.display_name;
  const isEmail = email !== actor.email;
  if (!isPublic && !isEmail) return;
  if (isEmail && email !== null) await refuseTakenEmail(execute, email);
  const version = actor.version + (isPublic ? 1 : 0);
  await execute(
    `UPDATE actors SET display_name = $2, email = $3, email_verified = email_verified AND NOT $4::boolean,
       version = $5::int, updated_at = $6::timestamptz WHERE id = $1`,
    [actor.id, displayName, email, isEmail, version, now.toISOString()],
  );
  const fields = [...(isPublic ? ['display_name'] : []), ...(isEmail ? ['email'] : [])];
  await appendAudit(execute, { ...by, action: 'account.updated', target: actor.id, data: { ...by.data, fields } });
  if (!isPublic) return;
  const event = userUpdated.create({
    id: newId('evt'),
    occurred_at: now.toISOString(),
    subject: actor.id,
    subject_version: version,
    actor_id: actor.id,
    correlation_id: by.requestId,
    data: { actor_id: actor.id },
  });
  await appendEvent(execute, event);
}

/** Held until the commit, so that of two who want one address the second finds it taken. */
async function refuseTakenEmail(execute: Execute, email: string): Promise<void> {
  await execute(`SELECT pg_advisory_xact_lock(hashtextextended('email:' || $1, 0))::text`, [email]);
  const { rows } = await execute('SELECT 1 AS one FROM actors WHERE email = $1', [email]);
  if (rows.length > 0) throw emailTaken();
}
