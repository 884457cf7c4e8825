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

/* Some write slashes in JSON as `\/`. */
const BLANK = String.raw`
WITH page AS MATERIALIZED (
  SELECT ap_actor, activity_id FROM inbox_log WHERE (ap_actor, activity_id) > ($2, $3) ORDER BY ap_actor, activity_id LIMIT $4),
blanked AS (
  UPDATE inbox_log i SET payload = '' FROM page
  WHERE (i.ap_actor, i.activity_id) = (page.ap_actor, page.activity_id)
    AND EXISTS (SELECT 1 FROM unnest($1::text[]) AS mark WHERE position(mark IN replace(i.payload, '\/', '/')) > 0))
SELECT ap_actor, activity_id, (SELECT count(*)::int FROM page) AS seen FROM page ORDER BY ap_actor DESC, activity_id DESC LIMIT 1`;

export async function blankPayloads(
  execute: Execute,
  o: { marks: readonly string[]; after: string; limit: number },
): Promise<string | null> {
  const [actor, id] = o.after === '' ? ['', ''] : (JSON.parse(o.after) as [string, string]);
  const { rows } = await execute(BLANK, [o.marks, actor, id, o.limit]);
  const last = rows[0];
  return last === undefined || Number(last['seen']) < o.limit
    ? null
    : JSON.stringify([last['ap_actor'], last['activity_id']]);
}
