import { createLoop, type Logger } from '@artdag/service-kit';
import type { Leader } from './leader.ts';
import type { Pruned, PruneRepository } from './prune.repository.ts';

export interface HousekeepingDeps {
  prunes: PruneRepository;
  leader: Leader;
  logger: Logger;
  now: () => Date;
}

export interface Housekeeping {
  start(): void;
  /** Deletes what has expired, whoever leads. */
  pruneExpired(now: Date): Promise<Pruned>;
  stop(): Promise<void>;
}

const pruneEveryMs = 3600_000;
const turnMs = 10_000;

/** The leader's work: hourly it deletes what has expired, every ten seconds it wipes the successors of used refresh tokens. */
export function createHousekeeping({ prunes, leader, logger, now }: HousekeepingDeps): Housekeeping {
  let prunedAt = -Infinity;

  const loop = createLoop({
    name: 'housekeeping of credentials',
    everyMs: turnMs,
    logger,
    async run() {
      const as = leader.current();
      if (as === undefined) return;
      await prunes.wipeSuccessors(now(), as);
      if (performance.now() - prunedAt < pruneEveryMs) return;
      const pruned = await prunes.prune(now(), as);
      prunedAt = performance.now();
      logger.info('expired credentials are deleted', { ...pruned });
    },
  });
  return {
    start() {
      leader.start();
      loop.start();
    },
    pruneExpired: (time) => prunes.prune(time),
    async stop() {
      await loop.stop();
      await leader.stop();
    },
  };
}
