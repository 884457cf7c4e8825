import type { Metrics } from '@artdag/service-kit';
import { pinStatuses } from '../pins/pin-row.ts';
import type { CheckRepository } from './check.repository.ts';
import type { CheckResult } from './judge.ts';

export interface CheckMetrics {
  checked(result: CheckResult): void;
  /** Counts all pins anew. */
  count(): Promise<void>;
}

export function createCheckMetrics(metrics: Metrics, checks: Pick<CheckRepository, 'countPins'>): CheckMetrics {
  const looks = metrics.counter('storage_checks_total', 'Looks at copies, by what they saw.', ['result']);
  const pins = metrics.gauge('storage_pins', 'Recorded copies, by status.', ['status']);
  return {
    checked: (result) => looks.inc({ result }),
    async count() {
      const counts = await checks.countPins();
      for (const status of pinStatuses) pins.set({ status }, counts.get(status) ?? 0);
    },
  };
}
