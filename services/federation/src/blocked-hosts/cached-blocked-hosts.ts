import type { BoundedCache } from '../caching/bounded-cache.ts';
import type { BlockedHosts } from './refuse-blocked.ts';

/** The same answers, each host's in memory for a moment. */
export function cacheBlockedHosts(inner: BlockedHosts, cache: BoundedCache<boolean>): BlockedHosts {
  const isBlocked = async (host: string): Promise<boolean> => {
    const blocked = await inner.isAnyBlocked([host]);
    cache.set(host, blocked);
    return blocked;
  };
  return {
    async isAnyBlocked(hosts) {
      const unknown = [...new Set(hosts)].filter((host) => cache.get(host) === undefined);
      await Promise.all(unknown.map(isBlocked));
      // One that was forgotten meanwhile is asked for again.
      for (const host of new Set(hosts)) if (cache.get(host) ?? (await isBlocked(host))) return true;
      return false;
    },
  };
}
