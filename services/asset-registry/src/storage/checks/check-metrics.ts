import type { Database } from '@artdag/database/registry';
import type { Metrics } from '@artdag/service-kit';
import { pinStatuses } from '../pins/pin-row.ts';
import type { CheckResult } from './judge.ts';

export interface CheckMetrics {
  checked(result: CheckResult): void;
  /** Counts all pins anew. */
  count(): Promise<void>;
}

export function createCheckMetrics(metrics: Metrics, database: Database): CheckMetrics {
  const checks = metrics.counter('storage_checks_total', 'Looks at copies, by what they saw.', ['result']);
  const pins = metrics.gauge('storage_pins', 'Recorded copies, by status.', ['status']);
  return {
    checked: (result) => checks.inc({ result }),
    async count() {
      const text = 'SELECT status, count(*)::int AS n FROM storage_pins GROUP BY status';
      const { rows } = await database.pgStatement<{ status: string; n: number }>({ text }, { system: true });
      const counts = new Map(rows.map(({ status, n }) => [status, n]));
      for (const status of pinStatuses) pins.set({ status }, counts.get(status) ?? 0);
    },
  };
}
