import type { Unsubscribe } from '@artdag/key-value';
import { onActorKeysChanged } from '../consumers/on-actor-keys-changed.ts';
import type { Part, Shared } from '../part.ts';
import { subscribeKeysChanged } from './key-cache-invalidation.ts';

/** What becomes of actors' keys: the caches of all replicas and the log hear of it. */
export function composeSigning(shared: Shared): Part {
  const { store, keys } = shared;
  let unsubscribe: Unsubscribe | undefined;
  return {
    consumers: [onActorKeysChanged(shared)],
    async start() {
      unsubscribe = await subscribeKeysChanged(store, keys);
    },
    async stop() {
      await unsubscribe?.();
    },
  };
}
