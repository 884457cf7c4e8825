import type { Metrics } from '@artdag/service-kit';

export interface AnchorMetrics {
  setStates(counts: Readonly<Record<string, number>>): void;
  setOldestPending(seconds: number): void;
  countCalendarFailure(calendar: string): void;
  /** Something that a person has to see to. */
  countAlert(reason: 'stale' | 'header_mismatch'): void;
}

export function createAnchorMetrics(metrics: Metrics): AnchorMetrics {
  const states = metrics.gauge('anchors', 'Anchors by state.', ['state']);
  const oldest = metrics.gauge(
    'anchor_oldest_pending_seconds',
    'Age of the oldest anchor that no block attests to; 0 when there is none.',
  );
  const failures = metrics.counter('anchor_calendar_failures_total', 'Calls of calendars that failed.', ['calendar']);
  const alerts = metrics.counter('anchor_alerts_total', 'Anchors that somebody has to look at.', ['reason']);
  return {
    setStates: (counts) => Object.entries(counts).forEach(([state, count]) => states.set({ state }, count)),
    setOldestPending: (seconds) => oldest.set(seconds),
    countCalendarFailure: (calendar) => failures.inc({ calendar: new URL(calendar).host }),
    countAlert: (reason) => alerts.inc({ reason }),
  };
}
