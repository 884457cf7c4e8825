import type { Execute } from '@artdag/messaging';
import type { ActorKey } from '../actors/actor-keys.ts';
import { STILL_PENDING, type ClaimedDelivery, type Lane } from './delivery.ts';

export interface ClaimOptions {
  now: Date;
  /** Nobody else takes the claimed jobs for so long. */
  leaseMs: number;
  /** Hosts to look at whatever the walk comes by. */
  hosts: readonly string[];
  /** Where the walk over the hosts goes on (after this one), and how many it looks at: 0 for no walk. */
  walk: { after: string; hosts: number };
  /** How many jobs may be taken in each lane. */
  room: Readonly<Record<Lane, number>>;
  /** How many jobs a prompt host may have in hand at once. */
  perHost: number;
  /** Hosts with jobs in hand: how many, and whether one of them has gone without an answer for long. */
  busy: readonly { host: string; jobs: number; hangs: boolean }[];
}

export interface Claimed {
  jobs: ClaimedDelivery[];
  /** The host to go on after; undefined when the walk came to the last one. */
  walkedTo: string | undefined;
}

/** An answer that takes longer makes a host slow. */
export const PROMPT_MS = 1000;

/*
 * One statement takes what is due, host by host, so that no backlog hides another host: the walk jumps from one host that something waits
 * for to the next. A host that is not known to be prompt gets one job at a time; one that fails only by whoever can lock its row, so that
 * all replicas together make one probe, and then not before the lease ends. Whoever has fewest in hand comes first. No job is taken that
 * waits for an earlier one of the same object to the same inbox.
 *
 * It is fast whatever the statistics say: the queue is empty most of the time, and who counted it then thinks that it may as well be read whole
 * for each job. So only one index can serve each part: that of hosts what is `state = 'pending'`, that of the order what `waits`, which is the same,
 * and the primary key what is STILL_PENDING. By hand, as Prisma has neither SKIP LOCKED nor UPDATE … FROM.
 */
const CLAIM = `
WITH RECURSIVE busy AS MATERIALIZED (SELECT * FROM unnest($1::text[], $2::int[], $3::boolean[]) AS b(host, jobs, hangs)),
walk(host, place) AS (
  (SELECT d.host, 1 FROM deliveries d WHERE d.state = 'pending' AND d.host > $4 AND $5 > 0 ORDER BY d.host LIMIT 1)
  UNION ALL
  SELECT (SELECT d.host FROM deliveries d WHERE d.state = 'pending' AND d.host > w.host ORDER BY d.host LIMIT 1), w.place + 1
  FROM walk w WHERE w.host IS NOT NULL AND w.place < $5),
candidates AS MATERIALIZED (
  SELECT h.host, coalesce(b.jobs, 0) AS in_hand, r.failures > 0 AS fails, r.latency_ms, r.seen_at, CASE
      WHEN b.hangs OR r.failures > 0 OR r.latency_ms > ${PROMPT_MS} THEN 'slow'
      WHEN r.latency_ms IS NULL THEN 'new' ELSE 'prompt' END AS lane
  FROM (SELECT host FROM walk WHERE host IS NOT NULL UNION SELECT unnest($6::text[])) h
  LEFT JOIN busy b ON b.host = h.host
  LEFT JOIN LATERAL (SELECT k.* FROM remote_hosts k WHERE k.host = h.host LIMIT 1) r ON true
  WHERE r.retry_at IS NULL OR r.retry_at <= $7),
due AS MATERIALIZED (
  SELECT j.id, c.*, row_number() OVER (PARTITION BY c.host ORDER BY j.next_at, j.created_at, j.id) + c.in_hand AS nth
  FROM candidates c CROSS JOIN LATERAL (
    SELECT d.id, d.next_at, d.created_at FROM deliveries d
    WHERE d.host = c.host AND d.state = 'pending' AND d.next_at <= $7 AND (d.claimed_until IS NULL OR d.claimed_until <= $7)
      AND d.id = (
        SELECT e.id FROM deliveries e WHERE e.waits AND e.inbox = d.inbox AND e.object_id = d.object_id
        ORDER BY e.created_at, e.id LIMIT 1)
    ORDER BY d.next_at, d.created_at, d.id
    LIMIT greatest(0, CASE c.lane WHEN 'prompt' THEN $8 ELSE 1 END - c.in_hand)) j),
chosen AS MATERIALIZED (
  SELECT * FROM (SELECT due.*, row_number() OVER (PARTITION BY lane ORDER BY nth, random()) AS turn FROM due) t
  WHERE turn <= CASE lane WHEN 'prompt' THEN $9::int WHEN 'new' THEN $10::int ELSE $11::int END),
probes AS MATERIALIZED (
  SELECT r.host FROM remote_hosts r
  WHERE r.host IN (SELECT host FROM chosen WHERE fails) AND (r.retry_at IS NULL OR r.retry_at <= $7) FOR UPDATE SKIP LOCKED),
taken AS MATERIALIZED (
  SELECT d.id, c.host, c.lane, c.fails, c.latency_ms, c.seen_at FROM deliveries d JOIN chosen c ON c.id = d.id
  WHERE (c.fails IS NOT TRUE OR c.host IN (SELECT host FROM probes))
    AND ${STILL_PENDING} AND (d.claimed_until IS NULL OR d.claimed_until <= $7) FOR UPDATE OF d SKIP LOCKED),
held AS (UPDATE remote_hosts r SET retry_at = $12 FROM taken t WHERE t.fails AND r.host = t.host),
claimed AS (
  UPDATE deliveries d SET claimed_until = $12 FROM taken t WHERE d.id = t.id
  RETURNING d.id, d.kind, d.activity_id, d.ap_actor_id, d.inbox, d.body, d.attempts, d.next_at,
    t.host, t.lane, t.fails, t.latency_ms, t.seen_at)
SELECT w.steps, w.last, c.id, c.kind, c.activity_id, c.ap_actor_id, c.inbox, c.attempts,
  c.host, c.lane, c.fails, c.latency_ms, c.seen_at,
  coalesce(c.body, CASE WHEN p.erased_at IS NULL THEN p.document END) AS body, a.actor_id, a.username, a.public_keys
FROM (SELECT count(host)::int AS steps, max(host) AS last FROM walk) w LEFT JOIN claimed c ON true
LEFT JOIN publications p ON p.activity_id = c.activity_id LEFT JOIN ap_actors a ON a.ap_id = c.ap_actor_id
ORDER BY c.next_at`;

/** `execute` runs autocommit statements: no transaction is open while a delivery is under way. */
export async function claimDeliveries(execute: Execute, o: ClaimOptions): Promise<Claimed> {
  const until = new Date(o.now.getTime() + o.leaseMs);
  const busy = <T>(pick: (one: ClaimOptions['busy'][number]) => T): T[] => o.busy.map(pick);
  const { rows } = await execute(CLAIM, [
    ...[busy(({ host }) => host), busy(({ jobs }) => jobs), busy(({ hangs }) => hangs)],
    ...[o.walk.after, o.walk.hosts, o.hosts, o.now, o.perHost, o.room.prompt, o.room.new, o.room.slow, until],
  ]);
  const { steps, last } = rows[0] ?? {};
  return {
    jobs: rows.filter(({ id }) => id !== null).map(toDelivery),
    walkedTo: o.walk.hosts > 0 && Number(steps) === o.walk.hosts ? String(last) : undefined,
  };
}

function toDelivery(row: Record<string, unknown>): ClaimedDelivery {
  const actorId = row['actor_id'];
  const latencyMs = row['latency_ms'];
  return {
    id: String(row['id']),
    kind: row['kind'] as ClaimedDelivery['kind'],
    activityId: textOrNull(row['activity_id']),
    apActorId: String(row['ap_actor_id']),
    inbox: String(row['inbox']),
    body: textOrNull(row['body']),
    attempts: Number(row['attempts']),
    sender:
      typeof actorId === 'string'
        ? { actorId, username: String(row['username']), keys: row['public_keys'] as ActorKey[] }
        : undefined,
    lane: row['lane'] as Lane,
    host: {
      name: String(row['host']),
      fails: row['fails'] === true,
      latencyMs: typeof latencyMs === 'number' ? latencyMs : undefined,
      seenAt: row['seen_at'] instanceof Date ? row['seen_at'] : undefined,
    },
  };
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
