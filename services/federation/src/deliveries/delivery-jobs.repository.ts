import type { Execute } from '@artdag/messaging';

/*
 * Statements of other people's transactions: what is to be delivered, what was, and what need not be any more.
 */

/* The clock of the statement, not of the transaction: one that began earlier may have waited for one that began later. */
const TO_FOLLOWERS = `
INSERT INTO deliveries (id, kind, activity_id, object_id, ap_actor_id, inbox, next_at, created_at)
SELECT $1 || '.' || row_number() OVER (ORDER BY f.inbox), 'activity', $2::uuid, $3, $4, f.inbox, $5, clock_timestamp()
FROM (SELECT DISTINCT coalesce(shared_inbox, inbox) AS inbox FROM followers WHERE username = $6 AND NOT is_local) f
ON CONFLICT (activity_id, inbox) DO NOTHING`;

export interface FollowerJobs {
  /** Of the batch; each job's id begins with it. */
  id: string;
  activityId: string;
  objectId: string;
  apActorId: string;
  username: string;
  now: Date;
}

export async function insertForFollowers(execute: Execute, j: FollowerJobs): Promise<void> {
  await execute(TO_FOLLOWERS, [j.id, j.activityId, j.objectId, j.apActorId, j.now, j.username]);
}

const ONE = `
INSERT INTO deliveries (id, kind, object_id, ap_actor_id, inbox, body, next_at, created_at)
VALUES ($1, $7, $2, $3, $4, $5, $6, clock_timestamp())`;

export interface SingleJob {
  id: string;
  kind: 'accept' | 'follow' | 'undo';
  objectId: string;
  apActorId: string;
  inbox: string;
  body: string;
  now: Date;
}

export async function insertSingle(execute: Execute, j: SingleJob): Promise<void> {
  await execute(ONE, [j.id, j.objectId, j.apActorId, j.inbox, j.body, j.now, j.kind]);
}

const BODY_TO_FOLLOWERS = `
INSERT INTO deliveries (id, kind, object_id, ap_actor_id, inbox, body, next_at, created_at)
SELECT $1 || '.' || row_number() OVER (ORDER BY f.inbox), $7, $6, $2, f.inbox, $3, $4, clock_timestamp()
FROM (SELECT DISTINCT coalesce(shared_inbox, inbox) AS inbox FROM followers WHERE username = $5 AND NOT is_local) f`;

export interface UpdateJobs {
  /** Of the batch; each job's id begins with it. */
  id: string;
  apActorId: string;
  username: string;
  body: string;
  now: Date;
}

export async function insertUpdate(execute: Execute, j: UpdateJobs): Promise<void> {
  await execute(BODY_TO_FOLLOWERS, [j.id, j.apActorId, j.body, j.now, j.username, j.apActorId, 'update']);
}

export interface UndoJobs extends UpdateJobs {
  objectId: string;
}

export async function insertUndo(execute: Execute, j: UndoJobs): Promise<void> {
  await execute(BODY_TO_FOLLOWERS, [j.id, j.apActorId, j.body, j.now, j.username, j.objectId, 'undo']);
}

/* Not what is on its way: the later one waits for it, as they must not overtake each other. */
const DROP_UPDATES = `
UPDATE deliveries SET state = 'dropped', claimed_until = NULL, last_error = 'A later one has taken its place.'
WHERE ap_actor_id = $1 AND object_id = $1 AND kind = 'update' AND state = 'pending'
  AND (claimed_until IS NULL OR claimed_until <= $2)`;

export async function dropUpdates(execute: Execute, apActorId: string, now: Date): Promise<void> {
  await execute(DROP_UPDATES, [apActorId, now]);
}

const GOODBYE = `
INSERT INTO deliveries (id, kind, object_id, ap_actor_id, inbox, body, next_at, created_at)
SELECT $1 || '.' || row_number() OVER (ORDER BY f.inbox), 'delete', $2, $2, f.inbox, $3, coalesce((
    SELECT max(d.claimed_until) FROM deliveries d
    WHERE d.inbox = f.inbox AND d.ap_actor_id = $2 AND d.state = 'pending' AND d.claimed_until > $4), $4), clock_timestamp()
FROM (
  SELECT coalesce(shared_inbox, inbox) AS inbox FROM followers WHERE username = $5 AND NOT is_local
  UNION SELECT inbox FROM following WHERE username = $5 AND inbox IS NOT NULL AND state <> 'rejected') f`;

/** To every inbox of its followers and of those whom it follows; where something of the actor's is on its way, once that must have arrived. */
export async function insertGoodbye(execute: Execute, j: UpdateJobs): Promise<void> {
  await execute(GOODBYE, [j.id, j.apActorId, j.body, j.now, j.username]);
}

/* Not what is on its way. Should that fail, nothing is left to be sent again. */
const DROP_OF_ACTOR = `
UPDATE deliveries SET state = 'dropped', claimed_until = NULL, last_error = 'The account was deleted.'
WHERE ap_actor_id = $1 AND state = 'pending' AND (claimed_until IS NULL OR claimed_until <= $2)`;

export async function dropOfActor(execute: Execute, apActorId: string, now: Date): Promise<void> {
  await execute(DROP_OF_ACTOR, [apActorId, now]);
}

/* What is on its way is given up should it fail: nothing is sent to a blocked host. */
const DROP_OF_HOST = `
UPDATE deliveries SET state = 'dropped', claimed_until = NULL, last_error = 'Its host is blocked.'
WHERE state = 'pending' AND (claimed_until IS NULL OR claimed_until <= $2)
  AND ($1 IN (host, split_part(host, ':', 1)) OR right(split_part(host, ':', 1), length($1) + 1) = '.' || $1)`;

export async function dropOfHost(execute: Execute, host: string, now: Date): Promise<number> {
  return (await execute(DROP_OF_HOST, [host, now])).rowCount;
}

const DROP_OF_CLAIMS = `
UPDATE deliveries SET state = 'dropped', claimed_until = NULL, last_error = 'What it would say was erased.'
WHERE activity_id = ANY($1::uuid[]) AND state = 'pending' AND (claimed_until IS NULL OR claimed_until <= $2)`;

export async function dropOfClaims(execute: Execute, activityIds: readonly string[], now: Date): Promise<void> {
  await execute(DROP_OF_CLAIMS, [activityIds, now]);
}

/* A Delete says nothing but that. */
const BLANK = `
WITH page AS MATERIALIZED (SELECT id FROM deliveries WHERE id > $2 ORDER BY id LIMIT $3),
blanked AS (
  UPDATE deliveries d SET body = NULL FROM page
  WHERE d.id = page.id AND d.ap_actor_id = $1 AND d.body IS NOT NULL AND d.kind <> 'delete')
SELECT max(id) AS last, count(*)::int AS seen FROM page`;

export async function blankBodies(
  execute: Execute,
  o: { apActorId: string; after: string; limit: number },
): Promise<string | null> {
  const { rows } = await execute(BLANK, [o.apActorId, o.after, o.limit]);
  return Number(rows[0]?.['seen']) < o.limit ? null : String(rows[0]?.['last']);
}

const DROP = `
UPDATE deliveries SET state = 'dropped', claimed_until = NULL, last_error = $3
WHERE inbox = $1 AND ap_actor_id = $2 AND state = 'pending'
RETURNING activity_id, object_id`;

/** Gives up everything that waits for an inbox; answers the claims among it, oldest first. */
export async function dropPending(
  execute: Execute,
  o: { inbox: string; apActorId: string; reason: string },
): Promise<{ activityId: string; objectId: string }[]> {
  const { rows } = await execute(
    `WITH dropped AS (${DROP}, created_at, id) SELECT * FROM dropped ORDER BY created_at, id`,
    [o.inbox, o.apActorId, o.reason],
  );
  return rows.flatMap(({ activity_id: activityId, object_id: objectId }) =>
    typeof activityId === 'string' ? [{ activityId, objectId: String(objectId) }] : [],
  );
}

const TO_INBOX = `
INSERT INTO deliveries (id, kind, activity_id, object_id, ap_actor_id, inbox, next_at, created_at)
VALUES ($1, 'activity', $2::uuid, $3, $4, $5, $6, clock_timestamp())
ON CONFLICT (activity_id, inbox) DO NOTHING`;

export async function insertForInbox(
  execute: Execute,
  j: { id: string; activityId: string; objectId: string; apActorId: string; inbox: string; now: Date },
): Promise<void> {
  await execute(TO_INBOX, [j.id, j.activityId, j.objectId, j.apActorId, j.inbox, j.now]);
}
