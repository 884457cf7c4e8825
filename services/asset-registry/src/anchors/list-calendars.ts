import type { AnchorSettings } from './anchor-deps.ts';
import { operatorOf } from './calendars/calendar-url.ts';
import type { CalendarHealth, CalendarRepository } from './calendars/calendar.repository.ts';

export interface ListCalendarsDeps {
  settings: AnchorSettings;
  calendars: CalendarRepository;
}

/** How the calendars do: those that are configured, in that order, then those to which they referred. */
export async function listCalendars({ settings, calendars }: ListCalendarsDeps) {
  const known = await calendars.list();
  const configured = settings.calendars.map((url) => known.find((row) => row.url === url) ?? neverCalled(url));
  const others = known.filter(({ url }) => !settings.calendars.includes(url));
  return [...configured, ...others].map((row) => ({
    calendar: row.url,
    operator: operatorOf(row.url),
    configured: settings.calendars.includes(row.url),
    last_success_at: row.last_success_at?.toISOString() ?? null,
    last_failure_at: row.last_failure_at?.toISOString() ?? null,
    last_problem: row.last_problem,
    consecutive_failures: row.consecutive_failures,
    median_latency_ms: median(row.latencies_ms),
    pending: row.pending,
    retry_at: row.retry_at?.toISOString() ?? null,
  }));
}

function neverCalled(url: string): CalendarHealth {
  const never = { last_success_at: null, last_failure_at: null, last_problem: null, retry_at: null };
  return { url, ...never, consecutive_failures: 0, latencies_ms: [], pending: 0 };
}

function median(values: readonly number[]): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? null;
}
