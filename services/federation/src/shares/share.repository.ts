import type { Execute } from '@artdag/messaging';
import type { Published } from '../reactions/published-url.ts';

/*
 * Statements of the transaction in which something is shared, or shared no more.
 */

/** What was published here: the object that it shows, and whose it is. */
export interface SharedWork {
  objectId: string;
  ownerApId: string;
}

/* Held, so that what erases it waits, and then finds that it was shared. */
const FIND = (where: string) => `
SELECT object_id, ap_actor_id, erased_at FROM publications WHERE ${where} AND object_id IS NOT NULL
ORDER BY (erased_at IS NOT NULL), published_at, activity_id LIMIT 1 FOR SHARE`;

export async function findWork(execute: Execute, published: Published): Promise<SharedWork | 'erased' | undefined> {
  const [where, value] =
    'objectId' in published ? ['object_id = $1', published.objectId] : ['activity_id = $1::uuid', published.activityId];
  const [row] = (await execute(FIND(where), [value])).rows;
  if (row === undefined) return undefined;
  if (row['erased_at'] !== null) return 'erased';
  return { objectId: String(row['object_id']), ownerApId: String(row['ap_actor_id']) };
}

export interface Share {
  username: string;
  /** URL of what is shared. */
  object: string;
  /** UUID, of the publication. */
  activityId: string;
  now: Date;
}

const ADD = `
INSERT INTO shares (username, object_id, activity_id, created_at) VALUES ($1, $2, $3::uuid, $4)
ON CONFLICT (username, object_id) DO NOTHING`;

/** Answers the UUID under which it is shared: the one given, unless it was shared before. */
export async function addShare(execute: Execute, s: Share): Promise<string> {
  if ((await execute(ADD, [s.username, s.object, s.activityId, s.now])).rowCount > 0) return s.activityId;
  const find = 'SELECT activity_id FROM shares WHERE username = $1 AND object_id = $2';
  return String((await execute(find, [s.username, s.object])).rows[0]?.['activity_id']);
}

/** Answers the UUID under which it was shared. */
export async function removeShare(execute: Execute, username: string, object: string): Promise<string | undefined> {
  const remove = 'DELETE FROM shares WHERE username = $1 AND object_id = $2 RETURNING activity_id';
  return (await execute(remove, [username, object])).rows.map((row) => String(row['activity_id']))[0];
}

/** Removes up to `limit` of an actor who is no more; answers how many. */
export async function removeSomeShares(execute: Execute, username: string, limit: number): Promise<number> {
  const some = 'SELECT activity_id FROM shares WHERE username = $1 ORDER BY activity_id LIMIT $2';
  return (await execute(`DELETE FROM shares WHERE activity_id IN (${some})`, [username, limit])).rowCount;
}
