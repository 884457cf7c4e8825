import { createLoop, sleep, type Logger } from '@artdag/service-kit';
import { attempt, type AttemptDeps } from './attempt.ts';
import { createBatcher } from './batcher.ts';
import { hostOf, type Delivery, type Outcome } from './delivery.ts';
import { settleDelivered, settleFailure, type SettleDeps } from './settle.ts';

export interface DeliveryWorkerOptions {
  logger: Logger;
  /** Deliveries under way at once (default 128), and of those to one host (default 8, as many sockets as safe-fetch opens to one). */
  concurrency?: number | undefined;
  perHost?: number | undefined;
  /** How long the jobs of a worker that died stay taken; longer than signing and sending can last (default 45 s). */
  leaseMs?: number | undefined;
  /** How long a job waits that nobody called `wake()` for (default 1 s). */
  pollMs?: number | undefined;
}

export interface DeliveryWorker {
  start(): void;
  /** Call after a commit that queued jobs, or when a job may have become due. */
  wake(): void;
  /** Takes no more jobs, gives those under way `graceMs`, then gives them back untried. */
  stop(graceMs: number, cutOff: () => Promise<void>): Promise<void>;
}

const MAX_MARKED = 200;
/** Under load a turn begins at most this often, so that claims and signatures are made in batches. */
const GATHER_MS = 10;

/**
 * Sends what is due: claims jobs with a lease, signs them in batches, sends them side by side, a few at a time to each host, so that a
 * slow one holds up nobody else. At least once: a crash between sending and marking sends the same activity again, under the same id.
 */
export function createDeliveryWorker(deps: AttemptDeps & SettleDeps, o: DeliveryWorkerOptions): DeliveryWorker {
  const { concurrency = 128, perHost = 8, leaseMs = 45_000, pollMs = 1_000, logger } = o;
  const underWay = new Set<Promise<void>>();
  const busy = new Map<string, number>();
  const delivered = createBatcher((ids: readonly string[]) => settleDelivered(deps, ids), MAX_MARKED);
  let stopping = false;
  let claimedAt = -Infinity;

  const settle = async (job: Delivery, outcome: Outcome): Promise<void> => {
    if (outcome.kind === 'delivered') await delivered.add(job.id);
    // Cut off by our own end, which is not the other side's fault.
    else if (stopping && outcome.kind === 'failed')
      await settleFailure(deps, job, { ...outcome, kind: 'waiting', waitMs: 0 });
    else await settleFailure(deps, job, outcome);
  };

  const deliver = async (job: Delivery): Promise<void> => {
    const outcome = await attempt(deps, job);
    if (outcome.kind !== 'delivered') logger.info('delivery not made', { inbox: job.inbox, ...outcome });
    try {
      await settle(job, outcome);
    } catch (error) {
      logger.error('a delivery could not be marked; it is repeated when its lease ends', { delivery: job.id, error });
    }
  };

  const begin = (job: Delivery): void => {
    const host = hostOf(job.inbox);
    busy.set(host, (busy.get(host) ?? 0) + 1);
    const delivery = deliver(job).finally(() => {
      underWay.delete(delivery);
      const left = (busy.get(host) ?? 1) - 1;
      if (left > 0) busy.set(host, left);
      else busy.delete(host);
      loop.wake();
    });
    underWay.add(delivery);
  };

  const turn = async (): Promise<boolean> => {
    const limit = concurrency - underWay.size;
    if (limit <= 0) return false;
    await sleep(Math.max(0, claimedAt + GATHER_MS - performance.now()));
    claimedAt = performance.now();
    const jobs = await deps.deliveries.claim({ now: deps.now(), leaseMs, limit, perHost, busy });
    for (const job of jobs) begin(job);
    return jobs.length > 0 && jobs.length < limit;
  };

  const loop = createLoop({ name: 'deliveries', everyMs: pollMs, run: turn, logger });
  return {
    start: () => loop.start(),
    wake: () => loop.wake(),
    async stop(graceMs, cutOff) {
      await loop.stop();
      const waiting = new AbortController();
      await Promise.race([Promise.all(underWay), sleep(graceMs, waiting.signal)]);
      waiting.abort();
      stopping = true;
      await cutOff();
      await Promise.all(underWay);
    },
  };
}
