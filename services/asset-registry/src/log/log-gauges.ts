import type { Metrics } from '@artdag/service-kit';
import type { LogStatus } from './log.repository.ts';

/** The log's metrics. Returns what shows a status. */
export function createLogGauges(metrics: Metrics, now: () => Date): (status: LogStatus) => void {
  const treeSize = metrics.gauge('log_tree_size', 'Leaves in the transparency log.');
  const signedSize = metrics.gauge('log_signed_size', 'Leaves that the last signed checkpoint covers.');
  const age = metrics.gauge('log_checkpoint_age_seconds', 'Time since the last checkpoint was signed.');
  const pending = metrics.gauge('log_pending_leaves', 'Leaves that wait for the sequencer, counted up to 10,000.');
  return (status) => {
    treeSize.set(status.treeSize);
    signedSize.set(status.signedSize);
    if (status.signedAt !== null) age.set((now().getTime() - status.signedAt.getTime()) / 1_000);
    pending.set(status.pending);
  };
}
