import type { Execute } from '@artdag/messaging';
import type { ActorKey } from '../actors/actor-keys.ts';
import type { Delivery } from './delivery.ts';

export interface ClaimOptions {
  now: Date;
  /** Nobody else takes the claimed jobs for so long. */
  leaseMs: number;
  limit: number;
  /** How many jobs a host may have in hand at once. */
  perHost: number;
  /** Hosts with jobs in hand, and how many. */
  busy: ReadonlyMap<string, number>;
}

export interface DeliveryRepository {
  claim(o: ClaimOptions): Promise<Delivery[]>;
  /** Puts a job off: `attempts` counts up when it had failed. */
  postpone(job: { id: string; failed: boolean; nextAt: Date; reason: string }): Promise<void>;
  markDead(id: string, reason: string): Promise<void>;
  /** Nothing is left to be sent. */
  markDropped(id: string, reason: string): Promise<void>;
  countPending(): Promise<number>;
}

/** Due jobs looked at in one go; far more than are taken, so that one host's backlog does not hide the others'. */
const WINDOW = 1000;

/*
 * One statement takes what is due: no job of a host that has its share in hand, none that waits for an earlier one of the same
 * object to the same inbox, and at most a host's share of each host. By hand, as Prisma has neither SKIP LOCKED nor UPDATE … FROM.
 */
const CLAIM = `
WITH busy AS MATERIALIZED (SELECT host, jobs FROM unnest($1::text[], $2::int[]) AS b(host, jobs)),
due AS MATERIALIZED (
  SELECT d.id, split_part(d.inbox, '/', 3) AS host, d.next_at, d.created_at FROM deliveries d
  WHERE d.state = 'pending' AND d.next_at <= $3 AND (d.claimed_until IS NULL OR d.claimed_until <= $3)
    AND NOT EXISTS (SELECT 1 FROM busy b WHERE b.jobs >= $4 AND b.host = split_part(d.inbox, '/', 3))
    AND NOT EXISTS (
      SELECT 1 FROM deliveries e WHERE e.state = 'pending' AND e.inbox = d.inbox AND e.object_id = d.object_id
        AND (e.created_at, e.id) < (d.created_at, d.id))
  ORDER BY d.next_at LIMIT ${WINDOW}),
placed AS (SELECT id, host, row_number() OVER (PARTITION BY host ORDER BY next_at, created_at, id) AS place FROM due),
taken AS MATERIALIZED (
  SELECT d.id FROM deliveries d JOIN placed p ON p.id = d.id LEFT JOIN busy b ON b.host = p.host
  WHERE p.place + coalesce(b.jobs, 0) <= $4
    AND d.state = 'pending' AND (d.claimed_until IS NULL OR d.claimed_until <= $3)
  ORDER BY d.next_at LIMIT $5 FOR UPDATE OF d SKIP LOCKED),
claimed AS (
  UPDATE deliveries d SET claimed_until = $6 FROM taken t WHERE d.id = t.id
  RETURNING d.id, d.kind, d.activity_id, d.ap_actor_id, d.inbox, d.body, d.attempts, d.next_at)
SELECT c.id, c.kind, c.activity_id, c.ap_actor_id, c.inbox, c.attempts,
  coalesce(c.body, CASE WHEN p.erased_at IS NULL THEN p.document END) AS body,
  a.actor_id, a.username, a.public_keys
FROM claimed c LEFT JOIN publications p ON p.activity_id = c.activity_id LEFT JOIN ap_actors a ON a.ap_id = c.ap_actor_id
ORDER BY c.next_at`;

/* A claim that was erased while it was on its way is not tried again: its Delete waits behind it. */
const POSTPONE = `
UPDATE deliveries d SET claimed_until = NULL, next_at = $2, last_error = $3, attempts = attempts + $4::int,
  state = CASE WHEN activity_id IS NULL
      OR EXISTS (SELECT 1 FROM publications p WHERE p.activity_id = d.activity_id AND p.erased_at IS NULL)
    THEN 'pending' ELSE 'dropped' END
WHERE id = $1 AND state = 'pending'`;

const DEAD = `
UPDATE deliveries SET state = 'dead', claimed_until = NULL, last_error = $2, attempts = attempts + 1
WHERE id = $1 AND state = 'pending'`;

const DROPPED = `
UPDATE deliveries SET state = 'dropped', claimed_until = NULL, last_error = $2 WHERE id = $1 AND state = 'pending'`;

const PENDING = `SELECT count(*)::int AS jobs FROM deliveries WHERE state = 'pending'`;

/** `execute` runs autocommit statements: no transaction is open while a delivery is under way. */
export function createDeliveryRepository(execute: Execute): DeliveryRepository {
  return {
    async claim(o) {
      const until = new Date(o.now.getTime() + o.leaseMs);
      const hosts = [...o.busy.keys()];
      const { rows } = await execute(CLAIM, [hosts, [...o.busy.values()], o.now, o.perHost, o.limit, until]);
      return rows.map(toDelivery);
    },
    async postpone({ id, failed, nextAt, reason }) {
      await execute(POSTPONE, [id, nextAt, reason, failed ? 1 : 0]);
    },
    async markDead(id, reason) {
      await execute(DEAD, [id, reason]);
    },
    async markDropped(id, reason) {
      await execute(DROPPED, [id, reason]);
    },
    async countPending() {
      const { rows } = await execute(PENDING, []);
      return Number(rows[0]?.['jobs']);
    },
  };
}

function toDelivery(row: Record<string, unknown>): Delivery {
  const actorId = row['actor_id'];
  return {
    id: String(row['id']),
    kind: row['kind'] as Delivery['kind'],
    activityId: textOrNull(row['activity_id']),
    apActorId: String(row['ap_actor_id']),
    inbox: String(row['inbox']),
    body: textOrNull(row['body']),
    attempts: Number(row['attempts']),
    sender:
      typeof actorId === 'string'
        ? { actorId, username: String(row['username']), keys: row['public_keys'] as ActorKey[] }
        : undefined,
  };
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
