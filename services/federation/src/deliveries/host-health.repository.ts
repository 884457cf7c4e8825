import type { Execute } from '@artdag/messaging';
import { jitter } from '@artdag/service-kit';

/** What a host did with a delivery. */
export type HostNews =
  | { host: string; kind: 'answered'; latencyMs: number }
  /** `begun`: when the delivery began. */
  | { host: string; kind: 'failed'; begun: Date; reason: string }
  /** A probe that came to nothing by our own fault; somebody else may make one. */
  | { host: string; kind: 'unknown' };

/** After so many failures in a row a host is left alone; then one job at a time asks how it is. */
export const OPENS_AFTER = 5;

/*
 * Who answers again gets all that waits for it, in the order in which it was queued, not at the end of each job's own pause.
 */
const ANSWERED = `
WITH news AS (SELECT * FROM unnest($1::text[], $2::int[]) AS n(host, latency_ms)),
back AS (
  SELECT r.host FROM remote_hosts r JOIN news n ON n.host = r.host WHERE r.failures >= ${OPENS_AFTER}),
due AS (
  UPDATE deliveries d SET next_at = least(d.next_at, d.queued_at) FROM back b
  WHERE d.host = b.host AND d.state = 'pending' AND d.next_at > d.queued_at + interval '1 second')
INSERT INTO remote_hosts AS r (host, latency_ms, seen_at)
SELECT host, latency_ms, $3 FROM news ORDER BY host
ON CONFLICT (host) DO UPDATE SET latency_ms = EXCLUDED.latency_ms, seen_at = EXCLUDED.seen_at,
  failures = 0, failing_since = NULL, retry_at = NULL, last_error = NULL`;

/*
 * Deliveries that were under way at once fail at once, and count as one: only what began after the last failure is the next in a row.
 * From the fifth on the host is left alone for 1, 2, 4 … up to 60 minutes.
 */
const FAILED = `
INSERT INTO remote_hosts AS r (host, failures, failing_since, last_error, seen_at)
SELECT host, 1, $5, reason, $5 FROM unnest($1::text[], $2::text[], $3::timestamptz[]) AS n(host, reason, begun)
WHERE n.begun >= coalesce((SELECT o.seen_at FROM remote_hosts o WHERE o.host = n.host AND o.failures > 0), '-infinity')
ORDER BY host
ON CONFLICT (host) DO UPDATE SET
  failures = r.failures + 1, failing_since = coalesce(r.failing_since, $5), last_error = EXCLUDED.last_error, seen_at = $5,
  retry_at = CASE WHEN r.failures + 1 >= ${OPENS_AFTER}
    THEN $5 + least(interval '1 hour', interval '1 minute' * 2 ^ least(10, r.failures + 1 - ${OPENS_AFTER})) * $4::float8 END`;

const UNKNOWN = 'UPDATE remote_hosts SET retry_at = $2 WHERE host = ANY($1::text[]) AND failures > 0';

/** Writes down how hosts answered, one statement per kind. Later news of a host replaces earlier. `execute` runs autocommit statements. */
export async function recordHosts(execute: Execute, all: readonly HostNews[], now: Date): Promise<void> {
  const last = [...new Map(all.map((news) => [news.host, news])).values()];
  const answered = last.filter((news) => news.kind === 'answered');
  const failed = last.filter((news) => news.kind === 'failed');
  const unknown = last.filter((news) => news.kind === 'unknown');
  const hosts = (some: readonly HostNews[]): string[] => some.map(({ host }) => host);
  if (answered.length > 0)
    await execute(ANSWERED, [hosts(answered), answered.map(({ latencyMs }) => Math.round(latencyMs)), now]);
  if (failed.length > 0) {
    const [reasons, begun] = [failed.map(({ reason }) => reason), failed.map((news) => news.begun)];
    await execute(FAILED, [hosts(failed), reasons, begun, jitter(1000) / 1000, now]);
  }
  if (unknown.length > 0) await execute(UNKNOWN, [hosts(unknown), now]);
}
