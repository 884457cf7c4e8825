import type { LocalActors } from '../actors/actor-with-keys.ts';
import type { LocalActor } from '../actors/local-actor.ts';
import type { BoundedCache } from '../caching/bounded-cache.ts';

/** Who is found is kept in memory for a moment. */
export function cacheLocalActors(inner: LocalActors, cache: BoundedCache<LocalActor>): LocalActors {
  return {
    async findByUsername(username) {
      const remembered = cache.get(username);
      if (remembered !== undefined) return remembered;
      const found = await inner.findByUsername(username);
      if (found !== undefined) cache.set(username, found);
      return found;
    },
  };
}
