import type { Execute } from '@artdag/messaging';
import { OPENS_AFTER } from './host-health.repository.ts';

export interface Backlog {
  /** Deliveries that wait or are under way. */
  pending: number;
  /** Deliveries that were given up and are still kept. */
  dead: number;
  /** How long the oldest pending one has waited; 0 when there is none. */
  oldestSeconds: number;
  /** Hosts whose last delivery failed. */
  failingHosts: number;
  /** Hosts that are left alone, as too many in a row have. */
  hostsLeftAlone: number;
}

const BACKLOG = `
SELECT p.jobs AS pending, p.oldest AS oldest_seconds, h.failing AS failing_hosts, h.left_alone AS hosts_left_alone,
  (SELECT count(*)::int FROM deliveries WHERE state = 'dead' AND state <> 'pending') AS dead
FROM (SELECT count(*)::int AS jobs, coalesce(extract(epoch FROM $1::timestamptz - min(queued_at)), 0)::float8 AS oldest
    FROM deliveries WHERE state = 'pending') p,
  (SELECT count(*) FILTER (WHERE failures < ${OPENS_AFTER})::int AS failing,
    count(*) FILTER (WHERE failures >= ${OPENS_AFTER})::int AS left_alone FROM remote_hosts WHERE failures > 0) h`;

/** What waits to be sent at this moment, of all replicas. `execute` runs autocommit statements. */
export async function measureBacklog(execute: Execute, now: Date): Promise<Backlog> {
  const row = (await execute(BACKLOG, [now])).rows[0] ?? {};
  return {
    pending: Number(row['pending']),
    dead: Number(row['dead']),
    oldestSeconds: Math.max(0, Number(row['oldest_seconds'])),
    failingHosts: Number(row['failing_hosts']),
    hostsLeftAlone: Number(row['hosts_left_alone']),
  };
}
