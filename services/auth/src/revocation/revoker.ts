import type { KeyValueStore } from '@artdag/key-value';
import { sleep, type Logger, type Metrics } from '@artdag/service-kit';
import { isLifted, pushDenials } from './denial-entries.ts';
import type { DenialRepository } from './denials.repository.ts';
import { leaseMs } from './keeper.ts';
import type { StoreLoad } from './store-load.ts';

export interface Revoker {
  /**
   * After the commit of what `writeDenials` wrote: resolves when no replica of any service accepts the ids any more (the shared store has
   * confirmed, or its lease has run out), within 5 s. Never rejects.
   */
  enforce(ids: readonly string[]): Promise<void>;
  /** After the commit of what `liftDenials` wrote: resolves when the store lets them pass, or after two seconds all the same. */
  lift(ids: readonly string[]): Promise<void>;
}

export interface RevokerDeps {
  store: KeyValueStore;
  denials: Pick<DenialRepository, 'find' | 'confirm' | 'areConfirmed'>;
  load: StoreLoad;
  keeper: { wake(): void };
  /** This process's own reader. */
  reader: { remember(ids: readonly string[], reason: string): void };
  logger: Logger;
  metrics: Metrics;
  now: () => Date;
}

// Beyond the lease: for clocks that run unevenly, and for timers.
const marginMs = 300;
const retryMs = 150;
const liftMs = 2000;
const pollMs = 25;

type Outcome = 'store' | 'peer' | 'lease';

/** Makes revocations felt: by the store if it confirms, by the end of its lease if it does not. */
export function createRevoker(o: RevokerDeps): Revoker {
  const { store, denials, load } = o;
  const seconds = o.metrics.histogram(
    'revocation_enforce_seconds',
    'From the commit of a revocation until it is in force everywhere, by what made it so.',
    ['by'],
    [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3, 3.5, 5],
  );

  /** Rejects unless the store has confirmed all of it. */
  async function push(ids: readonly string[]): Promise<void> {
    // Before the write: what is written afterwards is as safe in the store as this load is.
    const known = load.current();
    const rows = (await denials.find(ids)).filter((row) => !isLifted(row));
    for (const { id, reason } of rows) o.reader.remember([id], reason);
    if (rows.length === 0) return;
    const { serverId } = await pushDenials(store, rows, o.now().getTime());
    // The answer need not wait for this: what stays unconfirmed is pushed once more, by whoever looks next.
    if (known?.serverId === serverId) void denials.confirm(rows, known).catch(() => undefined);
  }

  async function untilConfirmed(ids: readonly string[], signal: AbortSignal): Promise<Outcome> {
    for (let tries = 0; !signal.aborted; tries += 1) {
      try {
        await push(ids);
        return 'store';
      } catch (error) {
        if (tries === 0) o.logger.warn('a revocation could not be pushed to the shared store', { error });
      }
      // Another replica may reach a store that we do not.
      if (await denials.areConfirmed(ids).catch(() => false)) return 'peer';
      await sleep(retryMs, signal);
    }
    return 'lease';
  }

  return {
    async enforce(ids) {
      if (ids.length === 0) return;
      const startedAt = performance.now();
      const ended = new AbortController();
      // Whoever grants the lease from now on sees these rows first. So once this time is over, the store says so, or nobody relies on it.
      const leaseOver = sleep(leaseMs + marginMs, ended.signal).then((): Outcome => 'lease');
      const by = await Promise.race([untilConfirmed(ids, ended.signal), leaseOver]);
      ended.abort();
      const tookSeconds = (performance.now() - startedAt) / 1000;
      seconds.observe({ by }, tookSeconds);
      if (by !== 'store') o.logger.info('a revocation is in force without our store', { by, seconds: tookSeconds });
    },
    async lift(ids) {
      const end = performance.now() + liftMs;
      o.keeper.wake();
      while (!(await denials.areConfirmed(ids).catch(() => false)) && performance.now() < end) await sleep(pollMs);
    },
  };
}
