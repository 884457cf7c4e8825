import type { Execute } from '@artdag/messaging';

/*
 * What strangers sent is not kept for ever. What waits or was parked is not touched: somebody still needs it.
 */

const BLANK = `
UPDATE inbox_log SET payload = '' WHERE (ap_actor, activity_id) IN (
  SELECT ap_actor, activity_id FROM inbox_log
  WHERE received_at < $1 AND payload <> '' AND queue_place IS NULL AND parked_at IS NULL
  ORDER BY received_at LIMIT $2 FOR UPDATE SKIP LOCKED)`;

/** Empties the texts of up to `limit` activities that were received before; answers whether there may be more. */
export async function blankOldTexts(execute: Execute, before: Date, limit: number): Promise<boolean> {
  return (await execute(BLANK, [before, limit])).rowCount === limit;
}

const REMOVE = `
DELETE FROM inbox_log WHERE (ap_actor, activity_id) IN (
  SELECT ap_actor, activity_id FROM inbox_log
  WHERE received_at < $1 AND payload = '' AND queue_place IS NULL AND parked_at IS NULL
  ORDER BY received_at LIMIT $2 FOR UPDATE SKIP LOCKED)`;

/** Forgets up to `limit` emptied activities that were received before, so that they are new when they come again; answers whether there may be more. */
export async function removeOldEntries(execute: Execute, before: Date, limit: number): Promise<boolean> {
  return (await execute(REMOVE, [before, limit])).rowCount === limit;
}
