import type { Execute } from '@artdag/messaging';
import { createLoop, type Logger, type Loop } from '@artdag/service-kit';
import { endLeftOver, endRunOut } from './end-attachments.ts';
import { LEASE_MS } from './courier.ts';
import { dropOrphaned, purge, requeueStuck } from './keeping.repository.ts';
import type { RevocationMetrics } from './metrics.ts';
import { measureBacklog } from './revocation.repository.ts';
import { RETRY_DELAYS_MS } from './schedule.ts';

export interface HousekeepingDeps {
  execute: Execute;
  /** Sees the attachments of all users. */
  transaction: <T>(work: (execute: Execute) => Promise<T>) => Promise<T>;
  metrics: RevocationMetrics;
  logger: Logger;
  now: () => Date;
}

export interface HousekeepingTuning {
  /** How often the gauges are set (default 15 s). */
  countEveryMs?: number;
  /** How often what is stuck or left over is looked for (default 60 s). */
  sweepEveryMs?: number;
}

const DAY = 24 * 3_600_000;
/** Somebody may want to send the dead ones after all. */
const KEPT_MS = { done: 7 * DAY, dead: 30 * DAY } as const;
const BATCH = 500;

export function createHousekeeping(deps: HousekeepingDeps, tuning: HousekeepingTuning = {}): Loop[] {
  const { execute, metrics, logger, now } = deps;
  const { countEveryMs = 15_000, sweepEveryMs = 60_000 } = tuning;
  const count = async (): Promise<void> => metrics.backlog(await measureBacklog(execute, now()));
  return [
    createLoop({ name: 'count l1 revocations', everyMs: countEveryMs, logger, run: count }),
    createLoop({ name: 'sweep l1 revocations', everyMs: sweepEveryMs, logger, run: () => sweep(deps) }),
  ];
}

/** Requeues what is stuck, drops what nobody is to be told of any more, ends attachments that came after their own end or have run out, deletes what ended long ago. */
export async function sweep({ execute, transaction, metrics, logger, now }: HousekeepingDeps): Promise<boolean> {
  const at = now();
  const longestPauseMs = Math.max(...RETRY_DELAYS_MS) * 1.5;
  const requeued = await requeueStuck(execute, { now: at, longestLeaseMs: 2 * LEASE_MS, longestPauseMs });
  if (requeued > 0) logger.warn('calls to L1s were stuck and are due again', { calls: requeued });
  metrics.requeued(requeued);
  await dropOrphaned(execute);
  await transaction((inTransaction) => endLeftOver(inTransaction, at));
  let more = (await transaction((inTransaction) => endRunOut(inTransaction, at, BATCH))) === BATCH;
  for (const state of ['done', 'dead'] as const) {
    const before = new Date(at.getTime() - KEPT_MS[state]);
    if ((await purge(execute, { state, before, limit: BATCH })) === BATCH) more = true;
  }
  return more;
}
