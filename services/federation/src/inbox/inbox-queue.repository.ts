import type { Execute, OutboxRow } from '@artdag/messaging';

/*
 * The rows of the log that have a place in the queue. Of each sender only the first one may be taken; who holds its row lock is at work on that
 * sender, and whoever dies gives it back at once. So no lease can be too short, and no clock is asked.
 */

/* From sender to sender, whatever number of rows each of them has. */
const SENDERS = `
WITH RECURSIVE firsts AS (
  (SELECT ap_actor, next_at, attempts FROM inbox_log WHERE queue_place IS NOT NULL AND ap_actor > $1 ORDER BY ap_actor, queue_place LIMIT 1)
  UNION ALL
  SELECT n.ap_actor, n.next_at, n.attempts FROM firsts f CROSS JOIN LATERAL (
    SELECT ap_actor, next_at, attempts FROM inbox_log WHERE queue_place IS NOT NULL AND ap_actor > f.ap_actor
    ORDER BY ap_actor, queue_place LIMIT 1) n)
SELECT ap_actor, attempts FROM firsts WHERE next_at IS NULL OR next_at <= $2 LIMIT $3`;

export interface Sender {
  actor: string;
  /** Whether its first waiting activity was tried before. */
  isTriedBefore: boolean;
}

/** Up to `limit` senders after that one, in the order of their ids, whose first waiting activity is due. */
export async function findSenders(execute: Execute, o: { after: string; now: Date; limit: number }): Promise<Sender[]> {
  const { rows } = await execute(SENDERS, [o.after, o.now, o.limit]);
  return rows.map((row) => ({ actor: String(row['ap_actor']), isTriedBefore: Number(row['attempts']) > 0 }));
}

/** A sender's first waiting activity, counted as tried before it is. */
export interface Begun {
  id: string;
  place: string;
  /** It was begun as often as it may be, and never came to an end. */
  isParked: boolean;
}

/*
 * Durable a moment later than others: it is a process that may end here, and not the database. Nothing waits for a disk.
 */
const BEGIN = `
WITH first AS MATERIALIZED (
  SELECT activity_id, queue_place, attempts >= cardinality($3::timestamptz[]) AS is_spent, set_config('synchronous_commit', 'off', true)
  FROM inbox_log
  WHERE ap_actor = $1 AND (next_at IS NULL OR next_at <= $2) AND queue_place = (
    SELECT queue_place FROM inbox_log WHERE ap_actor = $1 AND queue_place IS NOT NULL ORDER BY queue_place LIMIT 1)
  FOR UPDATE SKIP LOCKED)
UPDATE inbox_log i SET
  attempts = CASE WHEN is_spent THEN i.attempts ELSE i.attempts + 1 END,
  next_at = CASE WHEN is_spent THEN NULL ELSE ($3::timestamptz[])[i.attempts + 1] END,
  queue_place = CASE WHEN is_spent THEN NULL ELSE i.queue_place END,
  parked_at = CASE WHEN is_spent THEN $2::timestamptz END,
  last_error = CASE WHEN is_spent THEN $4 ELSE i.last_error END
FROM first WHERE i.ap_actor = $1 AND i.activity_id = first.activity_id
RETURNING i.activity_id, first.queue_place::text AS place, is_spent`;

/**
 * Counts the next try of a sender's first activity before it begins, and puts off the one after it, so that one which ends whatever is at work on it is
 * not tried without end. Undefined when it is not due, or somebody else's.
 *
 * @param o.retryAt for each try when the next one is due should this one come to no end; one that had all of them is parked, with `o.error`
 */
export async function beginFirst(
  execute: Execute,
  actor: string,
  o: { now: Date; retryAt: readonly Date[]; error: string },
): Promise<Begun | undefined> {
  const { rows } = await execute(BEGIN, [actor, o.now, o.retryAt, o.error]);
  return rows.map((row) => ({
    id: String(row['activity_id']),
    place: String(row['place']),
    isParked: row['is_spent'] === true,
  }))[0];
}

/** A waiting activity, as it was stored. */
export interface Waiting {
  actor: string;
  id: string;
  type: string;
  /** Empty if it was erased meanwhile. */
  text: string;
  hash: string;
  /** Another one once the activity has come again. */
  place: string;
  /** Tries before this one. */
  attempts: number;
  /** What became of it before, if it has come again. */
  result: string | null;
  correlationId: string | undefined;
  /** Whether more of the same sender's waits behind it. */
  hasMore: boolean;
}

/* The place is named twice: of a row that got another one while this statement waited nothing is taken. */
const TAKE_FIRST = `
SELECT i.activity_id, i.type, i.payload, i.payload_hash, i.queue_place::text AS place, i.attempts, i.result, i.correlation_id,
  EXISTS (SELECT 1 FROM inbox_log l WHERE l.ap_actor = $1 AND l.queue_place > i.queue_place) AS has_more
FROM inbox_log i
WHERE i.ap_actor = $1 AND (i.next_at IS NULL OR i.next_at <= $2 OR i.queue_place = $3::bigint) AND i.queue_place = (
  SELECT queue_place FROM inbox_log WHERE ap_actor = $1 AND queue_place IS NOT NULL ORDER BY queue_place LIMIT 1)
FOR UPDATE OF i SKIP LOCKED`;

/**
 * A sender's first waiting activity, for the length of the caller's transaction; undefined when it is not due, or somebody else's.
 *
 * @param o.begun the place of the one that is counted as tried already, if any
 */
export async function takeFirst(
  execute: Execute,
  actor: string,
  o: { now: Date; begun: string | undefined },
): Promise<Waiting | undefined> {
  const { rows } = await execute(TAKE_FIRST, [actor, o.now, o.begun ?? null]);
  return rows.map((row) => ({
    actor,
    id: String(row['activity_id']),
    type: String(row['type']),
    text: String(row['payload']),
    hash: String(row['payload_hash']),
    place: String(row['place']),
    attempts: Number(row['attempts']) - (row['place'] === o.begun ? 1 : 0),
    result: row['result'] as string | null,
    correlationId: (row['correlation_id'] as string | null) ?? undefined,
    hasMore: row['has_more'] === true,
  }))[0];
}

const SETTLE = `
WITH settled AS (
  UPDATE inbox_log SET queue_place = NULL, next_at = NULL, attempts = 0, last_error = NULL, result = $3
  WHERE ap_actor = $1 AND activity_id = $2)
INSERT INTO outbox (id, type, routing_key, payload) SELECT $4, $5, $6, $7 WHERE $4::text IS NOT NULL`;

/** In the transaction that took it, with the event that tells of it, if there is one. */
export async function settleEntry(
  execute: Execute,
  { actor, id }: Waiting,
  result: string,
  event: OutboxRow | undefined,
): Promise<void> {
  const columns = [event?.id ?? null, event?.type ?? null, event?.routing_key ?? null, event?.payload ?? null];
  await execute(SETTLE, [actor, id, result, ...columns]);
}

const REPEAT = `
UPDATE inbox_log SET queue_place = nextval('inbox_places'), next_at = NULL, attempts = 0, parked_at = NULL,
  payload = CASE payload WHEN '' THEN $3 ELSE payload END
WHERE ap_actor = $1 AND activity_id = $2`;

/** Gives an activity that has come again a place behind all that came before. */
export async function queueAgain(execute: Execute, o: { actor: string; id: string; text: string }): Promise<void> {
  await execute(REPEAT, [o.actor, o.id, o.text]);
}

const PUT_OFF = `
UPDATE inbox_log SET attempts = $6, last_error = $4, next_at = $5
WHERE ap_actor = $1 AND activity_id = $2 AND queue_place = $3::bigint`;

/** Its sender's later ones wait with it. */
export async function putOff(execute: Execute, w: Waiting, error: string, until: Date): Promise<void> {
  await execute(PUT_OFF, [w.actor, w.id, w.place, error, until, w.attempts + 1]);
}

const PARK = `
UPDATE inbox_log SET attempts = $6, last_error = $4, parked_at = $5, queue_place = NULL, next_at = NULL
WHERE ap_actor = $1 AND activity_id = $2 AND queue_place = $3::bigint`;

/** Takes it out of the queue, for somebody to look at. */
export async function park(execute: Execute, w: Waiting, error: string, now: Date): Promise<void> {
  await execute(PARK, [w.actor, w.id, w.place, error, now, w.attempts + 1]);
}

const COUNT = `
SELECT (SELECT count(*)::int FROM inbox_log WHERE queue_place IS NOT NULL) AS waiting,
  (SELECT count(*)::int FROM inbox_log WHERE parked_at IS NOT NULL) AS parked`;

export async function countQueue(execute: Execute): Promise<{ waiting: number; parked: number }> {
  const row = (await execute(COUNT, [])).rows[0];
  return { waiting: Number(row?.['waiting']), parked: Number(row?.['parked']) };
}
