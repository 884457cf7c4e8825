import type { Execute } from '@artdag/messaging';

/*
 * Any stranger can have us fetch an actor, so there is a most that are kept. What is in use is fetched anew every day: the oldest fetch is what was not
 * used for longest. Who follows or is followed stays, and who has something waiting.
 */
const PRUNE = `
DELETE FROM remote_actors WHERE ap_id IN (
  SELECT r.ap_id FROM remote_actors r
  WHERE NOT EXISTS (SELECT 1 FROM followers f WHERE f.follower_ap_id = r.ap_id)
    AND NOT EXISTS (SELECT 1 FROM following f WHERE f.target_ap_id = r.ap_id)
    AND NOT EXISTS (SELECT 1 FROM inbox_log i WHERE i.ap_actor = r.ap_id AND i.queue_place IS NOT NULL)
  ORDER BY r.fetched_at NULLS FIRST LIMIT least($2::bigint, greatest(0, (SELECT count(*) FROM remote_actors) - $1::bigint))
  FOR UPDATE OF r SKIP LOCKED)`;

/** Removes up to `limit` of the actors that are more than `max`; answers whether there may be more to remove. */
export async function pruneRemoteActors(execute: Execute, o: { max: number; limit: number }): Promise<boolean> {
  return (await execute(PRUNE, [o.max, o.limit])).rowCount === o.limit;
}
