import type { Logger } from '@artdag/service-kit';
import { attempt, type AttemptDeps } from './attempt.ts';
import { createBatcher } from '../batching/batcher.ts';
import type { ClaimedDelivery, Outcome } from './delivery.ts';
import type { HostNews } from './host-health.repository.ts';
import { newsOf, observeFetch, type Observation } from './observe-fetch.ts';
import { settleDelivered, settleFailure, type SettleDeps } from './settle.ts';

/** Makes deliveries, and writes down what came of them and how their hosts did. */
export interface Courier {
  /** Never rejects. `onAnswered` is called when it is known what came of it, before that is written down. */
  deliver(job: ClaimedDelivery, seen: Observation, onAnswered: () => void): Promise<void>;
  /** What fails from now on was cut off by our own end, which is not the other side's fault. */
  end(): void;
}

/** Under load, what ends within a moment is written down with one commit. */
const MARKING = { maxItems: 500, everyMs: 25 };

export function createCourier(deps: AttemptDeps & SettleDeps, logger: Logger): Courier {
  const delivered = createBatcher((jobs: readonly ClaimedDelivery[]) => settleDelivered(deps, jobs), MARKING);
  const heard = createBatcher((news: readonly HostNews[]) => deps.deliveries.recordHosts(news, deps.now()), MARKING);
  let ending = false;

  const settle = async (job: ClaimedDelivery, outcome: Outcome): Promise<void> => {
    if (outcome.kind === 'delivered') await delivered.add(job);
    else if (ending && outcome.kind === 'failed')
      await settleFailure(deps, job, { ...outcome, kind: 'waiting', waitMs: 0 });
    else await settleFailure(deps, job, outcome);
  };

  return {
    async deliver(job, seen, onAnswered) {
      const begun = deps.now();
      const startedAt = performance.now();
      const outcome = await attempt({ ...deps, safeFetch: observeFetch(deps.safeFetch, seen) }, job);
      onAnswered();
      if (seen.end !== undefined) deps.metrics.attempted(outcome.kind, (performance.now() - startedAt) / 1000);
      if (outcome.kind !== 'delivered') logger.info('delivery not made', { inbox: job.inbox, ...outcome });
      const news = newsOf(job, ending ? { ...seen, end: undefined } : seen, begun, deps.now());
      try {
        // Before the job is due again, its host is known to fail.
        if (news !== undefined) await heard.add(news);
        await settle(job, outcome);
      } catch (error) {
        logger.error('a delivery could not be marked; it is repeated when its lease ends', { delivery: job.id, error });
      }
    },
    end() {
      ending = true;
    },
  };
}
