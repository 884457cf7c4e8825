import type { KeyValueStore, Unsubscribe } from '@artdag/key-value';
import type { Consumer, Relay } from '@artdag/messaging';
import { createLoop, type Logger, type Metrics } from '@artdag/service-kit';
import type { ActorKeys } from './signing/actor-keys.ts';
import { subscribeKeysChanged } from './signing/key-cache-invalidation.ts';

export interface BackgroundDeps {
  relay: Relay;
  consumer: Consumer;
  /** One turn of the sequencer; true when more waits. */
  sequence: () => Promise<boolean>;
  /** Removes what has expired. */
  prune: () => Promise<void>;
  store: KeyValueStore;
  keys: ActorKeys;
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
  const { relay, consumer, store, keys, logger, metrics } = deps;
  const assetsRegistered = metrics.counter('assets_registered_total', 'Assets registered by this process.');
  const activities = metrics.counter('activities_total', 'Signed activities stored by this process.', ['type']);
  const creates = activities.labels({ type: 'Create' });
  const loops = [
    // Not woken by registrations: a batch a second costs far less than one for each of them.
    createLoop({ name: 'log sequencer', everyMs: sequenceEveryMs, run: deps.sequence, logger }),
    createLoop({ name: 'idempotency prune', everyMs: pruneEveryMs, run: deps.prune, logger }),
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
