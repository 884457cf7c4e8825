import { createLoop, type Logger, type Metrics } from '@artdag/service-kit';
import type { OutboxStore } from './outbox-store.ts';

export interface Housekeeping {
  start(): void;
  stop(): Promise<void>;
  lagSeconds(): number;
}

const MEASURE_MS = 5_000;
const PURGE_MS = 3_600_000;
const PURGE_ROWS = 1_000;

/** Measures the outbox's lag, and deletes events published 7 days ago and processed-event marks of 30 days, a little at a time. */
export function createHousekeeping(o: {
  store: OutboxStore;
  logger: Logger;
  metrics?: Metrics | undefined;
}): Housekeeping {
  const gauge = o.metrics?.gauge('outbox_lag_seconds', 'Age of the oldest event that is not published yet.');
  let lag = 0;
  const loops = [
    createLoop({
      name: 'outbox lag',
      everyMs: MEASURE_MS,
      logger: o.logger,
      run: async () => {
        lag = await o.store.lagSeconds();
        gauge?.set(lag);
      },
    }),
    createLoop({ name: 'outbox purge', everyMs: PURGE_MS, logger: o.logger, run: () => o.store.purge(PURGE_ROWS) }),
  ];
  return {
    start() {
      for (const loop of loops) loop.start();
    },
    async stop() {
      await Promise.all(loops.map((loop) => loop.stop()));
    },
    lagSeconds: () => lag,
  };
}
