import type { Metrics } from '@artdag/service-kit';
import type { Backlog } from './revocation.repository.ts';

export interface RevocationMetrics {
  /** A call reached one of its end states, or has to be repeated. */
  settled(state: 'done' | 'retried' | 'dead'): void;
  /** An L1 was asked to take a call: what became of it, and how long it took, in seconds. */
  attempted(outcome: 'done' | 'failed', seconds: number): void;
  backlog(backlog: Backlog): void;
  /** Calls that were stuck and are due again. */
  requeued(calls: number): void;
}

/** In seconds; an attempt has 5 for each request. */
const BUCKETS = [0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20];

/** Of no L1 by name: which one it is, is what `artdag-admin l1 revocations` says. */
export function createRevocationMetrics(metrics: Metrics): RevocationMetrics {
  const settled = metrics.counter('l1_revocations_total', 'Calls that tell L1s of dead tokens, by outcome.', ['state']);
  const calls = metrics.gauge('l1_revocations', 'Calls to L1s that wait or are under way, and that were given up.', [
    'state',
  ]);
  const oldest = metrics.gauge('l1_revocation_oldest_pending_seconds', 'How long the oldest of those that wait has.');
  const requeued = metrics.counter('l1_revocations_requeued_total', 'Calls to L1s that were stuck and are due again.');
  const durations = metrics.histogram(
    'l1_revocation_attempt_seconds',
    'Time from taking a call to the answer of the L1, signing included.',
    ['outcome'],
    BUCKETS,
  );
  return {
    settled: (state) => settled.inc({ state }),
    attempted: (outcome, seconds) => durations.observe({ outcome }, seconds),
    requeued: (count) => requeued.inc(count),
    backlog({ pending, dead, oldestSeconds }) {
      calls.set({ state: 'pending' }, pending);
      calls.set({ state: 'dead' }, dead);
      oldest.set(oldestSeconds);
    },
  };
}
