import type { BoundedCache } from '../caching/bounded-cache.ts';
import { createBatcher } from '../batching/batcher.ts';
import type { BlockedHostRepository } from './blocked-host.repository.ts';
import type { BlockedHosts } from './refuse-blocked.ts';

const BATCHES = { maxItems: 500 };

/** Each host's answer is in memory for a moment; what is asked for meanwhile is asked for together. */
export function cacheBlockedHosts(hosts: BlockedHostRepository, cache: BoundedCache<boolean>): BlockedHosts {
  const asked = createBatcher(async (wanted: readonly { host: string; isBlocked?: boolean }[]) => {
    const blocked = await hosts.blockedAmong([...new Set(wanted.map(({ host }) => host))]);
    for (const want of wanted) {
      want.isBlocked = blocked.has(want.host);
      cache.set(want.host, want.isBlocked);
    }
  }, BATCHES);
  const isBlocked = async (host: string): Promise<boolean> => {
    const known = cache.get(host);
    if (known !== undefined) return known;
    const want: { host: string; isBlocked?: boolean } = { host };
    await asked.add(want);
    return want.isBlocked === true;
  };
  return {
    isAnyBlocked: async (names) => (await Promise.all([...new Set(names)].map(isBlocked))).includes(true),
  };
}
