import { createLoop, sleep, type Logger } from '@artdag/service-kit';
import type { AttemptDeps } from './attempt.ts';
import { createCourier } from './courier.ts';
import type { ClaimedDelivery } from './delivery.ts';
import { createHostWalk } from './host-walk.ts';
import type { Observation } from './observe-fetch.ts';
import { createPlaces } from './places.ts';
import type { SettleDeps } from './settle.ts';

export interface DeliveryWorkerOptions {
  logger: Logger;
  /** Deliveries under way at once to hosts that answer promptly (default 384; an eighth of it more to new hosts, and to slow ones). */
  concurrency?: number | undefined;
  /** Of those to one host (default 8, as many sockets as safe-fetch opens to one). */
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

/** Under load a turn begins at most this often, so that claims and signatures are made in batches. */
const GATHER_MS = 50;
/** Longer than this it is not slept in one go, so that `stop` need not wait. */
const NAP_MS = 50;

/**
 * Sends what is due: claims jobs with a lease, signs them in batches, sends them side by side, a few at a time to each host, in lanes, so that
 * no slow one holds up anybody else. At least once: a crash between sending and marking sends the same activity again, under the same id.
 */
export function createDeliveryWorker(deps: AttemptDeps & SettleDeps, o: DeliveryWorkerOptions): DeliveryWorker {
  const { concurrency = 384, perHost = 8, leaseMs = 45_000, pollMs = 1_000, logger } = o;
  const underWay = new Set<Promise<void>>();
  const places = createPlaces(concurrency, () => loop.wake());
  const walk = createHostWalk(() => performance.now());
  const courier = createCourier(deps, logger);
  let claimedAt = -Infinity;
  let polledAt = -Infinity;

  const begin = (job: ClaimedDelivery): void => {
    const seen: Observation = { sentAt: undefined, end: undefined };
    places.add(job, seen);
    const delivery = courier
      .deliver(job, seen, () => places.free(job))
      .finally(() => {
        underWay.delete(delivery);
        places.remove(job);
      });
    underWay.add(delivery);
  };

  const claim = async (state: NonNullable<ReturnType<typeof places.state>>): Promise<void> => {
    const part = walk.next(state.room.prompt);
    const hosts = places.takeLikely();
    if (part.hosts === 0 && hosts.length === 0) return;
    const claimed = await deps.deliveries.claim({ now: deps.now(), leaseMs, hosts, walk: part, perHost, ...state });
    if (part.hosts > 0) walk.went(claimed.walkedTo, performance.now() - claimedAt);
    // On a machine that is too busy a lease may end before its job does: that one is still in hand, and its lease is new now.
    for (const job of claimed.jobs) if (!places.has(job)) begin(job);
  };

  const turn = async (): Promise<boolean> => {
    await sleep(Math.max(0, claimedAt + GATHER_MS - performance.now()));
    claimedAt = performance.now();
    if (claimedAt - polledAt >= pollMs) {
      polledAt = claimedAt;
      walk.ask();
    }
    const state = places.state();
    if (state === undefined) return false;
    await claim(state);
    const pauseMs = walk.pauseMs();
    if (pauseMs !== undefined && pauseMs > 0) await sleep(Math.min(pauseMs, NAP_MS));
    return pauseMs !== undefined;
  };

  const loop = createLoop({ name: 'deliveries', everyMs: pollMs, run: turn, logger });
  return {
    start: () => loop.start(),
    wake() {
      walk.ask();
      loop.wake();
    },
    async stop(graceMs, cutOff) {
      await loop.stop();
      await allWithin(underWay, graceMs);
      courier.end();
      await cutOff();
      await Promise.all(underWay);
    },
  };
}

/** Waits for all of them, but no longer than so many milliseconds. */
async function allWithin(underWay: ReadonlySet<Promise<void>>, ms: number): Promise<void> {
  const waiting = new AbortController();
  await Promise.race([Promise.all(underWay), sleep(ms, waiting.signal)]);
  waiting.abort();
}
