import { l1RevocationFailed } from '@artdag/events';
import { appendEvent, type Execute } from '@artdag/messaging';
import { newId } from '@artdag/service-kit';
import type { Revocation } from './revocation.ts';

export interface Backlog {
  pending: number;
  /** Given up, and still kept. */
  dead: number;
  /** How long the oldest of those that wait has; 0 when none does. */
  oldestSeconds: number;
}

const DONE = `
UPDATE l1_revocations SET state = 'done', attempts = attempts + 1, last_error = NULL, claimed_until = NULL, settled_at = $2
WHERE id = $1 AND state = 'pending'`;

export async function markDone(execute: Execute, id: string, now: Date): Promise<void> {
  await execute(DONE, [id, now]);
}

const POSTPONE = `
UPDATE l1_revocations SET attempts = attempts + $2::int, next_at = $3, last_error = $4, claimed_until = NULL
WHERE id = $1 AND state = 'pending'`;

/** @param o.failed whether it counts as an attempt */
export async function postpone(
  execute: Execute,
  o: { id: string; failed: boolean; nextAt: Date; reason: string },
): Promise<void> {
  await execute(POSTPONE, [o.id, o.failed ? 1 : 0, o.nextAt, o.reason]);
}

const DEAD = `
UPDATE l1_revocations SET state = 'dead', attempts = attempts + 1, last_error = $3, claimed_until = NULL, settled_at = $2
WHERE id = $1 AND state = 'pending' RETURNING attempts`;

/** Gives a call up and tells of it, in the caller's transaction. */
export async function markDead(execute: Execute, call: Revocation, reason: string, now: Date): Promise<void> {
  const { rows } = await execute(DEAD, [call.id, now, reason]);
  if (rows[0] === undefined) return;
  const { l1Url: l1_url, username, jti } = call;
  const event = l1RevocationFailed.create({
    ...{ id: newId('evt'), occurred_at: now.toISOString(), subject: call.id, subject_version: 1 },
    data: { l1_url, username, jti, attempts: Number(rows[0]['attempts']), last_error: reason },
  });
  await appendEvent(execute, event);
}

const BACKLOG = `
SELECT count(*)::int AS pending, coalesce(extract(epoch FROM $1::timestamptz - min(created_at)), 0)::float8 AS oldest,
  (SELECT count(*) FROM l1_revocations WHERE state = 'dead' AND state <> 'pending')::int AS dead
FROM l1_revocations WHERE state = 'pending'`;

/** Of all replicas. */
export async function measureBacklog(execute: Execute, now: Date): Promise<Backlog> {
  const row = (await execute(BACKLOG, [now])).rows[0] ?? {};
  const oldestSeconds = Math.max(0, Number(row['oldest']));
  return { pending: Number(row['pending']), dead: Number(row['dead']), oldestSeconds };
}
