import type { OutboxRow, Execute } from '@artdag/messaging';
import type { ProofVerdict } from '../proofs/judge-proofs.ts';
import type { ReceivedActivity } from './read-activity.ts';

/** A verified activity on its way into the log. */
export interface NewEntry {
  activity: ReceivedActivity;
  receivedAt: Date;
  correlationId: string;
  proofVerdict?: ProofVerdict | undefined;
  /** Of one that nobody has to look at: what its event says. Any other waits for a worker. */
  settledBy?: OutboxRow;
}

/*
 * Places are given in the order of arrival; rows are written in that of their keys, so that two replicas that store the same ids never wait for each
 * other. What nobody has to look at is settled here, with its event.
 */
const INSERT = `
WITH arrived AS MATERIALIZED (
  SELECT a.*, CASE WHEN a.event_id IS NULL THEN nextval('inbox_places') END AS place
  FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::timestamptz[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[], $12::text[])
    AS a(ap_actor, activity_id, type, payload, payload_hash, received_at, correlation_id, event_id, event_type, event_key, event, verdict)),
stored AS (
  INSERT INTO inbox_log (ap_actor, activity_id, type, payload, payload_hash, received_at, correlation_id, proof_verdict, queue_place, result)
  SELECT ap_actor, activity_id, type, payload, payload_hash, received_at, correlation_id, verdict, place,
    CASE WHEN place IS NULL THEN 'ignored' END
  FROM arrived ORDER BY ap_actor, activity_id
  ON CONFLICT (ap_actor, activity_id) DO NOTHING
  RETURNING ap_actor, activity_id),
told AS (
  INSERT INTO outbox (id, type, routing_key, payload)
  SELECT event_id, event_type, event_key, event FROM arrived JOIN stored USING (ap_actor, activity_id)
  WHERE event_id IS NOT NULL)
SELECT ap_actor, activity_id FROM stored`;

/** Stores those that are new, in one statement, and answers which were. No two may have the same actor and id. */
export async function insertEntries(execute: Execute, entries: readonly NewEntry[]): Promise<Set<NewEntry>> {
  const column = (value: (entry: NewEntry) => unknown): unknown[] => entries.map(value);
  const { rows } = await execute(INSERT, [
    column(({ activity }) => activity.actor),
    column(({ activity }) => activity.id),
    column(({ activity }) => activity.type),
    column(({ activity }) => activity.text),
    column(({ activity }) => activity.hash),
    column(({ receivedAt }) => receivedAt),
    column(({ correlationId }) => correlationId),
    column(({ settledBy }) => settledBy?.id ?? null),
    column(({ settledBy }) => settledBy?.type ?? null),
    column(({ settledBy }) => settledBy?.routing_key ?? null),
    column(({ settledBy }) => settledBy?.payload ?? null),
    column(({ proofVerdict }) => proofVerdict ?? null),
  ]);
  const stored = new Set(rows.map((row) => keyOf(String(row['ap_actor']), String(row['activity_id']))));
  return new Set(entries.filter(({ activity }) => stored.has(keyOf(activity.actor, activity.id))));
}

/** URLs have no spaces. */
export function keyOf(actor: string, id: string): string {
  return `${actor} ${id}`;
}

const HASH = 'SELECT payload_hash FROM inbox_log WHERE ap_actor = $1 AND activity_id = $2';

/** Of an activity that was stored before; undefined when there is none, or none any more. */
export async function storedHash(execute: Execute, actor: string, id: string): Promise<unknown> {
  return (await execute(HASH, [actor, id])).rows[0]?.['payload_hash'];
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
