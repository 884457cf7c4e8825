import type { SignatureScheme } from '@artdag/http-signatures';
import type { Logger } from '@artdag/service-kit';
import { createBatcher } from '../batching/batcher.ts';
import type { RemoteHostRepository, SeenHost } from './remote-host.repository.ts';

/** By which scheme to sign for a host first. What it says is a guess that saves a request, so it never rejects. */
export interface SchemeMemory {
  /** The scheme that worked last; draft-cavage for a host of which nothing is known. */
  schemeFor(host: string): Promise<SignatureScheme>;
  /** A request signed by this scheme was believed. */
  worked(host: string, scheme: SignatureScheme): Promise<void>;
}

export interface SchemeMemoryDeps {
  remoteHosts: Pick<RemoteHostRepository, 'find' | 'save'>;
  logger: Logger;
  now: () => Date;
}

/** Understood by nearly everybody. */
const FIRST: SignatureScheme = 'draft-cavage';
/** Hosts that a process keeps in mind; of the others the database is asked. */
const MAX_CACHED = 10_000;
/** A host is not written down again before this, unless it changed its mind. */
const REFRESH_MS = 24 * 3600_000;
const BATCHES = { maxItems: 200 };

type Known = Pick<SeenHost, 'scheme'> & { seenAt: number };

/** Remembers in the database, with a bounded cache in front: a host that is written to often costs a query a day. */
export function createSchemeMemory({ remoteHosts, logger, now }: SchemeMemoryDeps): SchemeMemory {
  const cache = new Map<string, Promise<Known>>();
  const saves = createBatcher((seen: readonly SeenHost[]) => remoteHosts.save(lastOfEach(seen)), BATCHES);
  const finds = createBatcher(async (wanted: readonly { host: string; found?: SeenHost }[]) => {
    const found = await remoteHosts.find(wanted.map(({ host }) => host));
    for (const want of wanted) Object.assign(want, { found: found.find(({ host }) => host === want.host) });
  }, BATCHES);

  const keep = (host: string, known: Promise<Known>): Promise<Known> => {
    // What was used last stands last.
    cache.delete(host);
    cache.set(host, known);
    const oldest = cache.size > MAX_CACHED ? cache.keys().next().value : undefined;
    if (oldest !== undefined) cache.delete(oldest);
    return known;
  };

  const find = async (host: string): Promise<Known> => {
    const want: { host: string; found?: SeenHost } = { host };
    try {
      await finds.add(want);
    } catch (error) {
      cache.delete(host);
      logger.warn('by which scheme a host believes us could not be looked up', { host, error });
    }
    const { scheme = FIRST, seenAt } = want.found ?? {};
    return { scheme, seenAt: seenAt?.getTime() ?? -Infinity };
  };

  const known = (host: string): Promise<Known> => keep(host, cache.get(host) ?? find(host));

  return {
    schemeFor: async (host) => (await known(host)).scheme,
    async worked(host, scheme) {
      const before = await known(host);
      const seenAt = now();
      if (before.scheme === scheme && seenAt.getTime() - before.seenAt < REFRESH_MS) return;
      void keep(host, Promise.resolve({ scheme, seenAt: seenAt.getTime() }));
      try {
        await saves.add({ host, scheme, seenAt });
      } catch (error) {
        logger.warn('by which scheme a host believes us could not be written down', { host, error });
      }
    },
  };
}

function lastOfEach(seen: readonly SeenHost[]): SeenHost[] {
  return [...new Map(seen.map((one) => [one.host, one])).values()];
}
