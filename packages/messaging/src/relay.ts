import { createLoop, sleep, type Logger, type Metrics } from '@artdag/service-kit';
import type { Execute } from './execute.ts';
import { createHousekeeping } from './housekeeping.ts';
import { createOutboxStore } from './outbox-store.ts';
import type { Transport } from './transport.ts';

export interface RelayOptions {
  /** Autocommit statements on the pool of the context whose outbox this is. */
  execute: Execute;
  transport: Transport;
  logger: Logger;
  /** Gets the gauge `outbox_lag_seconds`. */
  metrics?: Metrics | undefined;
  /** How long an event waits that nobody called `wake()` for (default 500). */
  pollMs?: number | undefined;
  /** How many events are claimed, published and marked together at most (default 500). */
  batch?: number | undefined;
  /** How long the rows of a relay that died stay claimed (default 5000). */
  leaseMs?: number | undefined;
}

export interface Relay {
  start(): void;
  /** Call after a commit that appended events: they go out now and not at the next poll. Cheap, however often. */
  wake(): void;
  /** Finishes the batch in hand. */
  stop(): Promise<void>;
  /** Age of the oldest unpublished event in seconds, as measured in the last five. */
  lagSeconds(): number;
}

/** Under load a turn begins at most this often, so that batches are large and statements few. */
const GATHER_MS = 40;

/**
 * Publishes what the outbox holds: claims rows for a lease, publishes them with confirms outside any transaction, marks the
 * confirmed ones. At least once: a crash between publishing and marking publishes again. Any number of replicas may run one.
 */
export function createRelay(o: RelayOptions): Relay {
  const { pollMs = 500, batch = 500, leaseMs = 5000 } = o;
  const store = createOutboxStore(o.execute);
  const housekeeping = createHousekeeping({ store, logger: o.logger, metrics: o.metrics });
  let startedAt = -Infinity;
  let full = false;
  let brokerAway = false;

  const turn = async (signal: AbortSignal): Promise<boolean> => {
    if (!full) await sleep(Math.max(0, startedAt + GATHER_MS - performance.now()), signal);
    startedAt = performance.now();
    // While the broker is away one row goes ahead as a probe, so that an outage does not rewrite the backlog twice a second.
    const limit = brokerAway ? 1 : batch;
    const messages = await store.claim(limit, leaseMs);
    full = false;
    if (messages.length === 0) return false;
    const { failed, later } = await o.transport.publish(messages);
    const waits = new Map([...[...failed].map((id) => [id, pollMs] as const), ...(later ?? [])]);
    await store.markPublished(messages.map(({ id }) => id).filter((id) => !waits.has(id)));
    await store.release(waits);
    brokerAway = failed.size === messages.length;
    full = messages.length === limit && waits.size < limit / 2;
    return full;
  };

  const loop = createLoop({ name: 'outbox relay', everyMs: pollMs, run: turn, logger: o.logger });
  return {
    start() {
      loop.start();
      housekeeping.start();
    },
    wake: () => loop.wake(),
    async stop() {
      await Promise.all([loop.stop(), housekeeping.stop()]);
    },
    lagSeconds: () => housekeeping.lagSeconds(),
  };
}
