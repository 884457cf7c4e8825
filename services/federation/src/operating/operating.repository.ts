import type { Execute } from '@artdag/messaging';

/** A host that we send to, or have sent to. */
export interface HostState {
  host: string;
  waiting: number;
  dead: number;
  /** Of our accounts, on that host. */
  followers: number;
  signature_scheme: string | null;
  /** Failures in a row. */
  failures: number;
  failing_since: Date | null;
  /** Nothing is sent before. */
  retry_at: Date | null;
  last_error: string | null;
  latency_ms: number | null;
  seen_at: Date | null;
}

const HOSTS = `
WITH jobs AS (
  SELECT host, count(*) FILTER (WHERE state = 'pending')::int AS waiting, count(*) FILTER (WHERE state = 'dead')::int AS dead
  FROM deliveries WHERE state IN ('pending', 'dead') GROUP BY host),
readers AS (SELECT lower(split_part(inbox, '/', 3)) AS host, count(*)::int AS followers FROM followers GROUP BY 1),
hosts AS (SELECT host FROM remote_hosts UNION SELECT host FROM jobs UNION SELECT host FROM readers)
SELECT h.host, coalesce(j.waiting, 0) AS waiting, coalesce(j.dead, 0) AS dead, coalesce(f.followers, 0) AS followers,
  r.signature_scheme, coalesce(r.failures, 0) AS failures, r.failing_since, r.retry_at, r.last_error, r.latency_ms, r.seen_at
FROM hosts h LEFT JOIN jobs j USING (host) LEFT JOIN readers f USING (host) LEFT JOIN remote_hosts r USING (host)
WHERE ($1::text IS NULL OR h.host = $1) AND (NOT $2 OR r.failures > 0 OR j.dead > 0)
ORDER BY coalesce(r.failures, 0) DESC, coalesce(j.waiting, 0) DESC, coalesce(j.dead, 0) DESC, h.host LIMIT $3`;

/** Those that fail first, then those that most waits for. */
export async function findHosts(
  execute: Execute,
  o: { host: string | null; troubled: boolean; limit: number },
): Promise<HostState[]> {
  return (await execute(HOSTS, [o.host, o.troubled, o.limit])).rows as unknown as HostState[];
}

export interface DeliveryState {
  id: string;
  kind: string;
  state: string;
  actor: string;
  inbox: string;
  attempts: number;
  created_at: Date;
  next_at: Date;
  last_error: string | null;
}

const DELIVERIES = `
SELECT id, kind, state, ap_actor_id AS actor, inbox, attempts, created_at, next_at, last_error FROM deliveries
WHERE state = $1 AND ($2::text IS NULL OR host = $2) AND ($3::text IS NULL OR ap_actor_id = $3) AND ($4::text IS NULL OR id > $4)
ORDER BY id LIMIT $5`;

/** By id, those after `after`. */
export async function findDeliveries(
  execute: Execute,
  o: { state: string; host: string | null; actor: string | null; after: string | null; limit: number },
): Promise<DeliveryState[]> {
  const { rows } = await execute(DELIVERIES, [o.state, o.host, o.actor, o.after, o.limit]);
  return rows as unknown as DeliveryState[];
}

const REVIVE = `
UPDATE deliveries SET state = 'pending', attempts = 0, queued_at = $3, next_at = $3, claimed_until = NULL
WHERE state = 'dead' AND ($1::text IS NULL OR id = $1) AND ($2::text IS NULL OR host = $2)`;
const HURRY = `
UPDATE deliveries SET next_at = least(next_at, $3)
WHERE state = 'pending' AND ($1::text IS NULL OR id = $1) AND ($2::text IS NULL OR host = $2)`;
const CLOSE_BREAKER = `
UPDATE remote_hosts SET failures = 0, failing_since = NULL, retry_at = NULL
WHERE failures > 0 AND host = coalesce($2, (SELECT host FROM deliveries WHERE id = $1))`;

/** Has dead and waiting jobs tried now: one, or all of a host, which counts as well again. Answers how many of each. */
export async function retryNow(
  execute: Execute,
  o: { id: string | null; host: string | null; now: Date },
): Promise<{ revived: number; hurried: number; closed: boolean }> {
  const closed = (await execute(CLOSE_BREAKER, [o.id, o.host])).rowCount > 0;
  const hurried = (await execute(HURRY, [o.id, o.host, o.now])).rowCount;
  const revived = (await execute(REVIVE, [o.id, o.host, o.now])).rowCount;
  return { revived, hurried, closed };
}
