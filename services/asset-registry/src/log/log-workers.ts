import { createLoop } from '@artdag/service-kit';
import type { Shared } from '../part.ts';
import type { CheckpointSigner } from './checkpoint-signer.ts';
import { createLogGauges } from './log-gauges.ts';
import type { LogRepository } from './log.repository.ts';
import { sequence } from './sequencer.ts';

export interface LogWorkers {
  start(): void;
  stop(): Promise<void>;
  /** Does not wait for the next turn. */
  hurry(): void;
}

/**
 * The sequencer and the signer of checkpoints, each in a loop of its own, so that the sequencer goes on while identity is away. Any number
 * of replicas may run them. While one of them fails, `/readyz` is degraded.
 */
export function createLogWorkers(
  { config, health, logger, metrics, now }: Pick<Shared, 'config' | 'health' | 'logger' | 'metrics' | 'now'>,
  log: LogRepository,
  { signCheckpoint }: CheckpointSigner,
): LogWorkers {
  const showStatus = createLogGauges(metrics, now);
  const { watched, check } = watchFailures();
  health.register('log', check, { critical: false });
  const everyMs = config.logIntervalMs;
  const signing = createLoop({ name: 'log checkpoint signer', everyMs, logger, run: watched(signCheckpoint) });
  // Not woken by registrations: a batch a second costs far less than one for each of them.
  const sequencing = createLoop({
    ...{ name: 'log sequencer', everyMs, logger },
    run: watched(async () => {
      const status = await log.status();
      showStatus(status);
      if (status.pending === 0 && status.tiledSize === status.treeSize) return false;
      const more = await sequence(log);
      if (!more) signing.wake();
      return more;
    }),
  });
  return {
    start() {
      sequencing.start();
      signing.start();
    },
    async stop() {
      await sequencing.stop();
      await signing.stop();
    },
    hurry: () => sequencing.wake(),
  };
}

/** Remembers which works failed the last time; the check rejects while one does. */
function watchFailures() {
  const failing = new Set<() => Promise<boolean>>();
  const watched = (work: () => Promise<boolean>) => async (): Promise<boolean> => {
    try {
      const result = await work();
      failing.delete(work);
      return result;
    } catch (error) {
      failing.add(work);
      throw error;
    }
  };
  const check = async (): Promise<void> => {
    if (failing.size > 0) throw new Error('the log is not sequenced or not signed');
  };
  return { watched, check };
}
