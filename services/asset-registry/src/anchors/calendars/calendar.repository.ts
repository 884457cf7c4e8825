import type { Execute } from '@artdag/messaging';

export interface CalendarHealth {
  url: string;
  last_success_at: Date | null;
  last_failure_at: Date | null;
  last_problem: string | null;
  consecutive_failures: number;
  /** The latest first. */
  latencies_ms: number[];
  retry_at: Date | null;
  /** Promises that it has not kept yet. */
  pending: number;
}

export interface Outcome {
  at: Date;
  latencyMs: number;
  /** Undefined for an answer that was in order. */
  problem?: string | undefined;
}

export interface CalendarRepository {
  record(url: string, outcome: Outcome): Promise<void>;
  /** All that were ever called, by URL. */
  list(): Promise<CalendarHealth[]>;
}

const keptLatencies = 20;

/** A calendar that fails again and again is asked ever less: from the third time after a minute, doubling up to an hour. */
const upsert = `
INSERT INTO calendars AS c (url, last_success_at, last_failure_at, last_problem, consecutive_failures, latencies_ms)
VALUES ($1, CASE WHEN $4::text IS NULL THEN $2::timestamptz END, CASE WHEN $4::text IS NOT NULL THEN $2::timestamptz END, $4,
  CASE WHEN $4::text IS NULL THEN 0 ELSE 1 END, CASE WHEN $4::text IS NULL THEN ARRAY[$3::int] ELSE '{}' END)
ON CONFLICT (url) DO UPDATE SET
  last_success_at = COALESCE(excluded.last_success_at, c.last_success_at),
  last_failure_at = COALESCE(excluded.last_failure_at, c.last_failure_at),
  last_problem = COALESCE(excluded.last_problem, c.last_problem),
  consecutive_failures = CASE WHEN $4::text IS NULL THEN 0 ELSE c.consecutive_failures + 1 END,
  latencies_ms = (excluded.latencies_ms || c.latencies_ms)[1:${keptLatencies}],
  retry_at = CASE WHEN $4::text IS NOT NULL AND c.consecutive_failures >= 2
    THEN $2::timestamptz + LEAST(60 * 2 ^ LEAST(c.consecutive_failures - 2, 10), 3600) * interval '1 second' END`;

const all = `
SELECT c.url, c.last_success_at, c.last_failure_at, c.last_problem, c.consecutive_failures, c.latencies_ms, c.retry_at,
  (SELECT count(*)::int FROM anchor_calls p WHERE p.calendar = c.url AND p.kind = 'poll' AND p.done_at IS NULL) AS pending
FROM calendars c ORDER BY c.url`;

export function createCalendarRepository(execute: Execute): CalendarRepository {
  return {
    async record(url, { at, latencyMs, problem }) {
      await execute(upsert, [url, at, Math.round(latencyMs), problem ?? null]);
    },
    async list() {
      const { rows } = await execute(all, []);
      return rows as unknown as CalendarHealth[];
    },
  };
}
