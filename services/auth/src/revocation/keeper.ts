import type { KeyValueStore } from '@artdag/key-value';
import { readyKey } from '@artdag/revocation';
import { createLoop, type Logger, type Metrics } from '@artdag/service-kit';
import { isLifted, liftEntries, pushDenials, type StoredDenial } from './denial-entries.ts';
import type { DenialRepository, Load } from './denials.repository.ts';
import { loadKey, type StoreLoad } from './store-load.ts';

/** For how long the store may be relied upon after a look that found nothing missing in it. */
export const leaseMs = 3000;

export interface KeeperDeps {
  store: KeyValueStore;
  denials: Pick<DenialRepository, 'listUnconfirmed' | 'confirm'>;
  load: StoreLoad;
  logger: Logger;
  metrics: Metrics;
  now: () => Date;
  /** Rows of one look at most; 1,000 by default. */
  batch?: number;
}

export interface Keeper {
  start(): void;
  /** Looks at once. */
  wake(): void;
  stop(): Promise<void>;
}

const everyMs = 1000;

/**
 * Keeps the store's lease (tenancy-tokens-ops.md §3): once a second it looks in PostgreSQL for denials that this server process is not known
 * to hold, pushes them, and then lets readers rely on the store until 3 s after the look began. What was committed before the look is in
 * the store; for what comes after, the lease ends by itself unless a later look has found and pushed it. Any number of replicas may do so.
 */
export function createKeeper(o: KeeperDeps): Keeper {
  const { store, denials, load, metrics, batch = 1000 } = o;
  const waiting = metrics.gauge(
    'revocations_unconfirmed',
    'Denials that the last look did not know to be in the store.',
  );
  const renewals = metrics.counter('revocation_lease_renewals_total', 'Leases of the shared store, by result.', [
    'result',
  ]);

  async function confirm(pushed: readonly StoredDenial[], on: Load): Promise<void> {
    if (pushed.length > 0) await denials.confirm(pushed, on);
  }

  async function push(denied: readonly StoredDenial[], to: Load): Promise<void> {
    if (denied.length === 0) return;
    const { serverId } = await pushDenials(store, denied, o.now().getTime());
    if (serverId !== to.serverId) throw new Error('The shared store was exchanged in the middle of a load.');
    await confirm(denied, to);
  }

  /** True when there is more to push. */
  async function look(): Promise<boolean> {
    // First the store's clock: whatever takes long afterwards, or differs between the clocks, shortens the lease.
    const { nowMs, serverId } = await store.clock();
    const opened = await load.open(serverId);
    const missing = await denials.listUnconfirmed(opened, batch);
    waiting.set(missing.length);
    const denied = missing.filter((denial) => !isLifted(denial));
    await push(denied, opened);
    if (denied.length >= batch) return true;
    // Only now that all else is there: what an actor had is denied entry by entry before the actor's own entry goes.
    const lifted = missing.filter(isLifted);
    await liftEntries(store, lifted);
    await confirm(lifted, opened);
    const guard = { key: loadKey, value: String(opened.generation) };
    const renewed = await store.setWhile(guard, { key: readyKey, value: serverId, endsAtMs: nowMs + leaseMs });
    renewals.inc({ result: renewed ? 'renewed' : 'lost' });
    if (renewed) return false;
    o.logger.warn('revocations: the shared store has lost what was loaded, and is loaded again');
    load.lost();
    return true;
  }

  const run = async (): Promise<boolean> => {
    try {
      return await look();
    } catch (error) {
      renewals.inc({ result: 'failed' });
      throw error;
    }
  };
  return createLoop({ name: 'revocation lease', everyMs, run, logger: o.logger, maxBackoffMs: everyMs });
}
