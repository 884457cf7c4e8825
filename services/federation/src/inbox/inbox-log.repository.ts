import type { Execute } from '@artdag/messaging';
import type { ReceivedActivity } from './read-activity.ts';

/*
 * Statements of the transaction in which an activity is accepted. By hand: this is a hot path, and an interactive Prisma transaction
 * has a tenth of the speed.
 */

const INSERT = `
INSERT INTO inbox_log (ap_actor, activity_id, type, payload, payload_hash, received_at) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (ap_actor, activity_id) DO NOTHING`;

const HASH = 'SELECT payload_hash FROM inbox_log WHERE ap_actor = $1 AND activity_id = $2';

/** `conflict`: another document came under this id before; the first one stays. */
export async function logActivity(
  execute: Execute,
  { actor, id, type, text, hash }: ReceivedActivity,
  now: Date,
): Promise<'new' | 'repeated' | 'conflict'> {
  const inserted = await execute(INSERT, [actor, id, type, text, hash, now]);
  if (inserted.rowCount === 1) return 'new';
  const { rows } = await execute(HASH, [actor, id]);
  return rows[0]?.['payload_hash'] === hash ? 'repeated' : 'conflict';
}

/** What became of a logged activity. */
export async function setResult(execute: Execute, actor: string, id: string, result: string): Promise<void> {
  await execute('UPDATE inbox_log SET result = $3 WHERE ap_actor = $1 AND activity_id = $2', [actor, id, result]);
}
