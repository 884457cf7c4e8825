import type { Execute } from '@artdag/messaging';
import type { RevocationMetrics } from './metrics.ts';
import type { Outcome, Revocation } from './revocation.ts';
import { markDead, markDone, postpone } from './revocation.repository.ts';
import { nextAttemptAt } from './schedule.ts';

export interface SettleDeps {
  execute: Execute;
  transaction: <T>(work: (execute: Execute) => Promise<T>) => Promise<T>;
  metrics: RevocationMetrics;
  now: () => Date;
  retryDelaysMs?: readonly number[] | undefined;
}

/** Writes down what became of a call. */
export async function settle(deps: SettleDeps, call: Revocation, outcome: Outcome): Promise<void> {
  const { execute, metrics } = deps;
  const { id } = call;
  const now = deps.now();
  if (outcome.kind === 'done') {
    await markDone(execute, id, now);
    return metrics.settled('done');
  }
  const { reason } = outcome;
  if (outcome.kind === 'waiting') {
    const nextAt = new Date(now.getTime() + outcome.waitMs);
    return await postpone(execute, { id, failed: false, nextAt, reason });
  }
  const nextAt = nextAttemptAt(call.attempts + 1, now, deps.retryDelaysMs);
  if (nextAt === undefined) {
    await deps.transaction((inTransaction) => markDead(inTransaction, call, reason, now));
    return metrics.settled('dead');
  }
  await postpone(execute, { id, failed: true, nextAt, reason });
  metrics.settled('retried');
}
