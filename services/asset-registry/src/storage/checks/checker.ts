import { randomUUID } from 'node:crypto';
import { createLoop, type Loop } from '@artdag/service-kit';
import type { ClaimedStorage } from './check-claim.repository.ts';
import { checkProvider, type CheckProviderDeps } from './check-provider.ts';

/** Looks at recorded copies, for ever. */
export interface Checker {
  start(): void;
  /** Something may have become due. */
  wake(): void;
  /** Takes nothing more and leaves what it looks at as it was. */
  stop(): Promise<void>;
}

export interface CheckerOptions {
  /** How long the providers of a process that died stay claimed; default 30 s. */
  leaseMs?: number | undefined;
  /** How long something waits that nobody called `wake()` for; default 1 s. */
  pollMs?: number | undefined;
  /** How often pins are counted for `/metrics`; default 1 min. */
  countEveryMs?: number | undefined;
}

/** Providers looked at at once, by one process. */
const rounds = 8;

/**
 * Claims providers with something to look at by a lease, and renews it while a round lasts: hashing a large file takes minutes. A process that
 * dies leaves its claims to whoever comes when they end. Any number of replicas may run this.
 */
export function createChecker(deps: Omit<CheckProviderDeps, 'signal'>, o: CheckerOptions = {}): Checker {
  const { leaseMs = 30_000, pollMs = 1_000, countEveryMs = 60_000 } = o;
  const { claims, logger, now, metrics } = deps;
  const stopping = new AbortController();
  const underWay = new Map<string, Promise<void>>();

  const begin = (storage: ClaimedStorage): void => {
    const round = checkProvider({ ...deps, signal: stopping.signal }, storage)
      .catch((error: unknown) => {
        logger.error('a storage provider could not be looked at', { storage_id: storage.id, error });
      })
      .finally(() => {
        underWay.delete(storage.check_claim);
        loop.wake();
      });
    underWay.set(storage.check_claim, round);
  };

  const turn = async (): Promise<boolean> => {
    const limit = rounds - underWay.size;
    if (limit <= 0) return false;
    const claimed = await claims.claim({ claim: `${randomUUID()}/`, now: now(), leaseMs, limit });
    for (const storage of claimed) begin(storage);
    return false;
  };

  const renew = async (): Promise<void> => {
    if (underWay.size > 0) await claims.renew([...underWay.keys()], new Date(now().getTime() + leaseMs));
  };

  const loop = createLoop({ name: 'storage checks', everyMs: pollMs, run: turn, logger });
  const loops: Loop[] = [
    loop,
    createLoop({ name: 'storage check leases', everyMs: leaseMs / 3, run: renew, logger }),
    createLoop({ name: 'storage pin counts', everyMs: countEveryMs, run: () => metrics.count(), logger }),
  ];
  return {
    start: () => loops.forEach((each) => each.start()),
    wake: () => loop.wake(),
    async stop() {
      stopping.abort();
      await Promise.all(loops.map((each) => each.stop()));
      await Promise.all(underWay.values());
    },
  };
}
