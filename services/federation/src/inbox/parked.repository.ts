import type { Execute } from '@artdag/messaging';

/** An activity that could not be processed. */
export interface Parked {
  activity: string;
  actor: string;
  type: string;
  received_at: Date;
  parked_at: Date;
  last_error: string | null;
}

const LIST = `
SELECT activity_id AS activity, ap_actor AS actor, type, received_at, parked_at, last_error FROM inbox_log
WHERE parked_at IS NOT NULL ORDER BY parked_at DESC, activity_id LIMIT $1`;

/** Newest first. */
export async function listParked(execute: Execute, limit: number): Promise<Parked[]> {
  return (await execute(LIST, [limit])).rows as unknown as Parked[];
}

/* In the order in which they came, as they may be about each other. */
const REPLAY = `
WITH parked AS MATERIALIZED (
  SELECT ap_actor, activity_id FROM inbox_log WHERE parked_at IS NOT NULL AND ($1::text IS NULL OR activity_id = $1)
  ORDER BY received_at, activity_id FOR UPDATE),
placed AS MATERIALIZED (SELECT ap_actor, activity_id, nextval('inbox_places') AS place FROM parked)
UPDATE inbox_log i SET queue_place = p.place, parked_at = NULL, next_at = NULL, attempts = 0, last_error = NULL
FROM placed p WHERE i.ap_actor = p.ap_actor AND i.activity_id = p.activity_id`;

/** Gives those with that id, or all, a place behind all that waits; answers how many. */
export async function replayParked(execute: Execute, activity: string | null): Promise<number> {
  return (await execute(REPLAY, [activity])).rowCount;
}
