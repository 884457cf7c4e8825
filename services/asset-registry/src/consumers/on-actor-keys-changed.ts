import { actorKeysChanged } from '@artdag/events';
import type { KeyValueStore } from '@artdag/key-value';
import { createConsumer, type Consumer, type Execute, type Transport } from '@artdag/messaging';
import type { Logger } from '@artdag/service-kit';
import { logKeys } from '../log/key-leaves.ts';
import type { ActorKeys } from '../signing/actor-keys.ts';
import { publishKeysChanged } from '../signing/key-cache-invalidation.ts';
import type { Urls } from '../urls.ts';

export interface OnActorKeysChangedDeps {
  transaction: <T>(work: (execute: Execute) => Promise<T>) => Promise<T>;
  transport: Transport;
  store: KeyValueStore;
  keys: ActorKeys;
  urls: Urls;
  logger: Logger;
}

/**
 * Drops the actor's key from all replicas' caches, then puts what became of its keys into the log.
 *
 * An event reaches one replica; the channel tells the others, before any transaction is open. A message that the store loses costs one more
 * round trip to identity, which answers `key_changed`, so a store that is away is no reason to handle the event again.
 */
export function onActorKeysChanged(deps: OnActorKeysChangedDeps): Consumer {
  const { transport, transaction, logger, store, keys, urls } = deps;
  return createConsumer({
    ...{ transport, transaction, logger, service: 'asset-registry', event: actorKeysChanged },
    prepare: async ({ data: { actor_id: actorId } }) => {
      keys.forget(actorId);
      await publishKeysChanged(store, actorId).catch((error: unknown) =>
        logger.warn('other replicas were not told of a changed key', { actor_id: actorId, error }),
      );
    },
    handle: async ({ data, subject_version: version, occurred_at: at }, execute) => {
      const { actor_id: actorId, username } = data;
      // The log cannot vouch for the key that signs it: `/log/vkeys` tells of that.
      if (actorId.startsWith('service:')) return;
      await logKeys(urls, execute, { actorId, username, keys: data.keys, version, at });
    },
  });
}
