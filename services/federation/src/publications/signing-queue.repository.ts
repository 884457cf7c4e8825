import type { Execute } from '@artdag/messaging';
import type { ActorKey } from '../actors/actor-keys.ts';
import type { Occasion } from './publication.repository.ts';

/** A publication that waits for its Linked Data Signature, and who signs. */
export interface Unsigned {
  activityId: string;
  apActorId: string;
  orderId: string;
  /** JSON text. */
  document: string;
  occasion: Occasion;
  sender: { actorId: string; username: string; keys: ActorKey[] };
}

/*
 * Of one actor's publications with one order only the first may be taken, so that no Update or Delete overtakes its Create. Those of an actor of whom
 * nobody has told yet wait; those of a deleted one are erased where they stand.
 */
const TAKE = `
WITH due AS MATERIALIZED (
  SELECT p.activity_id FROM publications p JOIN ap_actors a ON a.ap_id = p.ap_actor_id
  WHERE p.queue_place IS NOT NULL AND (p.claimed_until IS NULL OR p.claimed_until <= $1) AND a.deleted_at IS NULL
    AND NOT EXISTS (
      SELECT 1 FROM publications e
      WHERE e.ap_actor_id = p.ap_actor_id AND e.order_id = p.order_id AND e.queue_place < p.queue_place)
  ORDER BY p.queue_place LIMIT $2 FOR UPDATE OF p SKIP LOCKED)
UPDATE publications p SET claimed_until = $3
FROM due, ap_actors a WHERE p.activity_id = due.activity_id AND a.ap_id = p.ap_actor_id
RETURNING p.activity_id, p.ap_actor_id, p.order_id, p.document, p.occasion, a.actor_id, a.username, a.public_keys`;

/** Takes up to `limit`, which nobody else takes before `until`. */
export async function takeUnsigned(
  execute: Execute,
  o: { now: Date; until: Date; limit: number },
): Promise<Unsigned[]> {
  const { rows } = await execute(TAKE, [o.now, o.limit, o.until]);
  return rows.map((row) => ({
    activityId: String(row['activity_id']),
    apActorId: String(row['ap_actor_id']),
    orderId: String(row['order_id']),
    document: String(row['document']),
    occasion: row['occasion'] as Occasion,
    sender: {
      actorId: String(row['actor_id']),
      username: String(row['username']),
      keys: row['public_keys'] as ActorKey[],
    },
  }));
}

/* The version before this one leaves a tombstone its place in the queue: it stays a tombstone. */
const STORE = `
UPDATE publications SET document = CASE WHEN erased_at IS NULL THEN $2 ELSE document END, queue_place = NULL, claimed_until = NULL, occasion = NULL
WHERE activity_id = $1::uuid AND queue_place IS NOT NULL`;

/** From here on everybody sees it. Answers false when it does not wait any more: it was erased, or another replica was quicker. */
export async function storePublished(execute: Execute, activityId: string, document: string): Promise<boolean> {
  return (await execute(STORE, [activityId, document])).rowCount > 0;
}

/** Gives some back, to be taken again after `until`. */
export async function putOffSigning(execute: Execute, activityIds: readonly string[], until: Date): Promise<void> {
  const putOff = `
    UPDATE publications SET claimed_until = $2 WHERE activity_id = ANY($1::uuid[]) AND queue_place IS NOT NULL`;
  await execute(putOff, [activityIds, until]);
}

export async function countUnsigned(execute: Execute): Promise<number> {
  const count = 'SELECT count(*)::int AS waiting FROM publications WHERE queue_place IS NOT NULL';
  return Number((await execute(count, [])).rows[0]?.['waiting']);
}
