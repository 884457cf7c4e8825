import type { Execute } from '@artdag/messaging';

/*
 * What copied the texts of assets within this context: events, kept for 7 days to be published again, and answers, kept for 24 hours to be
 * given again.
 */

/** Whose copies: those of one asset, or of an account. */
export type CopiesOf = { assetId: string } | { actorId: string; apActorId: string };

/* JSON is read only where the text has the value somewhere. What people wrote may have it too, but not in that place. */
const EVENTS = `
WITH page AS MATERIALIZED (SELECT id, type, payload FROM outbox WHERE id > $1 ORDER BY id LIMIT $2),
gone AS (
  DELETE FROM outbox WHERE id IN (
    SELECT id FROM page WHERE type IN ('asset-registered', 'asset-updated', 'asset-deleted', 'run-recorded')
      AND CASE WHEN position($4 IN payload) > 0 THEN payload::jsonb #>> $3::text[] = $4 ELSE false END))
SELECT max(id) AS last, count(*)::int AS seen FROM page`;

const eventsAtOnce = 2_000;

/** Erases events, of those after one. Answers where it ended; null when these were the last. */
export async function eraseEvents(execute: Execute, of: CopiesOf, after: string): Promise<string | null> {
  const [path, value] = 'assetId' in of ? [['subject'], of.assetId] : [['data', 'asset', 'owner_id'], of.apActorId];
  const { rows } = await execute(EVENTS, [after, eventsAtOnce, path, value]);
  return Number(rows[0]?.['seen']) < eventsAtOnce ? null : String(rows[0]?.['last']);
}

/* Of an asset by its Create, which every answer about it names, also one of several. */
const ANSWERS_OF_ASSET = `
DELETE FROM idempotency_keys k USING assets a
WHERE a.id = $1 AND k.actor_id = a.owner_actor_id AND position(a.activity_id::text IN k.response) > 0`;

export async function eraseAnswers(execute: Execute, of: CopiesOf): Promise<void> {
  if ('assetId' in of) await execute(ANSWERS_OF_ASSET, [of.assetId]);
  else await execute('DELETE FROM idempotency_keys WHERE actor_id = $1', [of.actorId]);
}
