import type { BoundedCache } from '../caching/bounded-cache.ts';
import type { KnownRemoteActor, RemoteActorRepository } from './remote-actor.repository.ts';

/**
 * The same repository, with the keys that were just used in memory. A save is seen at once by this process, by others when their entries are over; what
 * says how old a key may be (`fetchedAt`) is kept with it.
 */
export function cacheRemoteActors(
  inner: RemoteActorRepository,
  cache: BoundedCache<KnownRemoteActor>,
): RemoteActorRepository {
  return {
    ...inner,
    async findByKey(keyId, o) {
      const remembered = o?.fresh === true ? undefined : cache.get(keyId);
      if (remembered !== undefined) return remembered;
      const found = await inner.findByKey(keyId);
      if (found !== undefined) cache.set(keyId, found);
      return found;
    },
    async save(actor, fetchedAt) {
      await inner.save(actor, fetchedAt);
      cache.forget(({ apId }) => apId === actor.apId);
    },
  };
}
