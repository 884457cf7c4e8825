import type { Database } from '@artdag/database/registry';
import type { KeyValueStore, Unsubscribe } from '@artdag/key-value';
import { createRelay, executeWithPg, type Transport } from '@artdag/messaging';
import { createLoop, type Logger, type Metrics } from '@artdag/service-kit';
import type { IdempotencyRepository } from './assets/idempotency.ts';
import { onActorKeysChanged } from './consumers/on-actor-keys-changed.ts';
import { createSequencer } from './log/sequencer.ts';
import type { ActorKeys } from './signing/actor-keys.ts';
import { subscribeKeysChanged } from './signing/key-cache-invalidation.ts';

export interface BackgroundDeps {
  database: Database;
  store: KeyValueStore;
  transport: Transport;
  keys: ActorKeys;
  idempotency: IdempotencyRepository;
  logger: Logger;
  metrics: Metrics;
}

/** What goes on beside requests: the relay, the sequencer, the consumer, the key cache's invalidation, pruning. */
export interface Background {
  start(): Promise<void>;
  /** Finishes what is in hand. */
  stop(): Promise<void>;
  /** Counts a registration and lets its event out. */
  onRegistered: () => void;
}

const sequenceEveryMs = 1_000;
const pruneEveryMs = 15 * 60_000;

export function createBackground(deps: BackgroundDeps): Background {
  const { database, store, transport, keys, idempotency, logger, metrics } = deps;
  const assetsRegistered = metrics.counter('assets_registered_total', 'Assets registered by this process.');
  const activities = metrics.counter('activities_total', 'Signed activities stored by this process.', ['type']);
  const creates = activities.labels({ type: 'Create' });
  const relay = createRelay({ execute: executeWithPg(database.pool), transport, logger, metrics });
  const consumer = onActorKeysChanged({ database, transport, store, keys, logger });
  const sequencer = createSequencer(database);
  const loops = [
    // Not woken by registrations: a batch a second costs far less than one for each of them.
    createLoop({ name: 'log sequencer', everyMs: sequenceEveryMs, run: () => sequencer.run(), logger }),
    createLoop({ name: 'idempotency prune', everyMs: pruneEveryMs, run: () => idempotency.prune(), logger }),
  ];
  let unsubscribe: Unsubscribe | undefined;
  return {
    async start() {
      unsubscribe = await subscribeKeysChanged(store, keys);
      await consumer.start();
      relay.start();
      for (const loop of loops) loop.start();
    },
    async stop() {
      await Promise.all([unsubscribe?.(), consumer.stop(), relay.stop(), ...loops.map((loop) => loop.stop())]);
    },
    onRegistered() {
      assetsRegistered.inc();
      creates.inc();
      relay.wake();
    },
  };
}
