import { createLoop, type Logger, type Loop } from '@artdag/service-kit';
import type { DeliveryMetrics } from '../metrics.ts';
import type { DeliveryRepository } from './delivery.repository.ts';
import { RETRY_DELAYS_MS } from './schedule.ts';

export interface DeliveryHousekeepingDeps {
  deliveries: Pick<DeliveryRepository, 'giveUp' | 'purge'>;
  metrics: DeliveryMetrics;
  logger: Logger;
  now: () => Date;
}

const EVERY_MS = 5 * 60_000;
/** A transaction each. */
const BATCH = 500;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** The whole schedule with every pause at its longest, and some time for those to whom it is never their turn. */
const GIVE_UP_MS = RETRY_DELAYS_MS.reduce((sum, delayMs) => sum + delayMs * 1.25, 2 * HOUR);
/** Somebody may want to send the dead ones after all. */
const KEPT_MS = { delivered: 7 * DAY, dropped: 7 * DAY, dead: 30 * DAY } as const;

/** Gives up what has waited for longer than the schedule lasts, tried or not, and deletes what ended long ago; a little at a time. */
export function createDeliveryHousekeeping({ deliveries, metrics, logger, now }: DeliveryHousekeepingDeps): Loop {
  const run = async (): Promise<boolean> => {
    const at = now();
    const ago = (ms: number): Date => new Date(at.getTime() - ms);
    const late = await deliveries.giveUp(ago(GIVE_UP_MS), at, BATCH);
    metrics.settled('dead', late);
    let more = late === BATCH;
    for (const state of ['delivered', 'dropped', 'dead'] as const) {
      if ((await deliveries.purge(state, ago(KEPT_MS[state]), BATCH)) === BATCH) more = true;
    }
    return more;
  };
  return createLoop({ name: 'old deliveries', everyMs: EVERY_MS, logger, run });
}
