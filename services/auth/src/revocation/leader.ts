import { randomUUID } from 'node:crypto';
import { createLoop, type Logger, type Metrics } from '@artdag/service-kit';

export interface LeaderDeps {
  leases: {
    take(job: string, holder: string): Promise<number | null>;
    giveUp(job: string, holder: string, fence: number): Promise<void>;
  };
  job: string;
  logger: Logger;
  metrics: Metrics;
}

/** What a leader's transaction has to hold: its row of `leases`, unchanged. */
export interface Leadership {
  job: string;
  holder: string;
  fence: number;
}

export interface Leader {
  start(): void;
  /** Undefined while somebody else leads. It may be lost the next moment: each transaction checks it again. */
  current(): Leadership | undefined;
  /** Lets somebody else lead at once. */
  stop(): Promise<void>;
}

const renewEveryMs = 5000;

/** One of all replicas does a job (tenancy-tokens-ops.md §5): a lease of 15 s, renewed every 5 s by compare-and-set on the database's clock. */
export function createLeader({ leases, job, logger, metrics }: LeaderDeps): Leader {
  const holder = randomUUID();
  const gauge = metrics.gauge('leader', '1 on the replica that leads the job.', ['job']);
  let fence: number | null = null;

  const loop = createLoop({
    name: `leader of ${job}`,
    everyMs: renewEveryMs,
    logger,
    maxBackoffMs: renewEveryMs,
    async run() {
      const before = fence;
      fence = null;
      fence = await leases.take(job, holder);
      gauge.set({ job }, fence === null ? 0 : 1);
      if (fence !== null && before === null) logger.info(`leads ${job}`, { fence });
    },
  });
  return {
    start: () => loop.start(),
    current: () => (fence === null ? undefined : { job, holder, fence }),
    async stop() {
      await loop.stop();
      const held = fence;
      fence = null;
      if (held !== null) await leases.giveUp(job, holder, held).catch(() => undefined);
    },
  };
}
