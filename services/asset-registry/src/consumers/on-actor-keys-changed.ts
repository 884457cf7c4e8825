import { actorKeysChanged } from '@artdag/events';
import type { KeyValueStore } from '@artdag/key-value';
import { createConsumer, type Consumer, type Execute, type Transport } from '@artdag/messaging';
import type { Logger } from '@artdag/service-kit';
import type { ActorKeys } from '../signing/actor-keys.ts';
import { publishKeysChanged } from '../signing/key-cache-invalidation.ts';

export interface OnActorKeysChangedDeps {
  transaction: <T>(work: (execute: Execute) => Promise<T>) => Promise<T>;
  transport: Transport;
  store: KeyValueStore;
  keys: ActorKeys;
  logger: Logger;
}

/**
 * An event reaches one replica; the channel tells the others. A message that the store loses costs one more round trip to
 * identity, which answers `key_changed`, so a store that is away is no reason to handle the event again.
 */
export function onActorKeysChanged(deps: OnActorKeysChangedDeps): Consumer {
  return createConsumer({
    transport: deps.transport,
    service: 'asset-registry',
    event: actorKeysChanged,
    transaction: deps.transaction,
    handle: async ({ data }) => {
      deps.keys.forget(data.actor_id);
      publishKeysChanged(deps.store, data.actor_id).catch((error: unknown) =>
        deps.logger.warn('other replicas were not told of a changed key', { actor_id: data.actor_id, error }),
      );
    },
    logger: deps.logger,
  });
}
