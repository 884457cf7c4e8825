import type { KeyValueStore } from '@artdag/key-value';
import type { Execute } from '@artdag/messaging';
import type { SafeFetch } from '@artdag/safe-fetch';
import { createLoop, type Logger } from '@artdag/service-kit';
import { createActorRepository } from './actors/actor.repository.ts';
import type { LocalActor } from './actors/local-actor.ts';
import type { BlockedHosts } from './blocked-hosts/refuse-blocked.ts';
import { createBoundedCache, type BoundedCache } from './caching/bounded-cache.ts';
import type { InboxMetrics } from './metrics.ts';
import { cacheRemoteActors } from './remote-actors/cached-remote-actors.ts';
import { createFetchGate, fetchLimits } from './remote-actors/fetch-gate.ts';
import { createFetchRemoteActor } from './remote-actors/fetch-remote-actor.ts';
import { createKeyMemory } from './remote-actors/key-memory.ts';
import { createRemoteActorRepository, type KnownRemoteActor } from './remote-actors/remote-actor.repository.ts';
import { createRemoteKeys } from './remote-actors/remote-keys.ts';
import type { LocalUrls } from './urls.ts';
import { cacheLocalActors } from './inbox/cached-lookups.ts';
import { createInboxHousekeeping, type InboxBounds } from './inbox/housekeeping.ts';
import { countQueue } from './inbox/inbox-queue.repository.ts';
import { createInboxStore } from './inbox/inbox-store.ts';
import { createInboxWorker, type InboxTuning } from './inbox/inbox-worker.ts';

export interface InboxSurroundings {
  prisma: Parameters<typeof createActorRepository>[0] & Parameters<typeof createRemoteActorRepository>[0];
  /** Runs autocommit statements, prepared. */
  execute: Execute;
  transaction: <T>(work: (execute: Execute) => Promise<T>) => Promise<T>;
  store: KeyValueStore;
  safeFetch: SafeFetch;
  urls: LocalUrls;
  blockedHosts: BlockedHosts;
  metrics: InboxMetrics;
  logger: Logger;
  now: () => Date;
  /** Has the relay look for events. */
  wakeRelay: () => void;
  /** Has the delivery worker look for jobs. */
  wakeDeliveries: () => void;
  tuning: InboxTuning;
  config: { inboxBounds: InboxBounds };
}

/** How long another replica's changes may go unseen; also by how many entries of the memory. */
const KEYS = { ttlMs: 5_000, maxEntries: 10_000 };
const COUNT_EVERY_MS = 15_000;
const LOCAL_ACTORS = { ttlMs: 5_000, maxEntries: 10_000 };

/** All that what strangers send passes on its way in, with what is remembered for it. */
export function composeInbox(s: InboxSurroundings) {
  const { prisma, execute, urls, now, logger } = s;
  const cacheOf = <V>(o: { ttlMs: number; maxEntries: number }): BoundedCache<V> =>
    createBoundedCache({ ...o, clock: () => performance.now() });
  const knownKeys = cacheOf<KnownRemoteActor>(KEYS);
  const localActors = cacheOf<LocalActor>(LOCAL_ACTORS);
  const remoteActors = createRemoteActorRepository(prisma, execute);
  const keys = createRemoteKeys({
    remoteActors: cacheRemoteActors(remoteActors, knownKeys),
    fetchRemoteActor: createFetchRemoteActor(s.safeFetch),
    gate: createFetchGate(fetchLimits),
    memory: createKeyMemory(s.store, logger),
    onFetched: (result) => s.metrics.keyFetched(result),
    now,
  });
  const onActorGone = (apId: string): void => knownKeys.forget((known) => known.apId === apId);
  const onEffect = (): void => {
    s.wakeRelay();
    s.wakeDeliveries();
  };
  const worker = createInboxWorker({ ...s, onActorGone, onEffect }, s.tuning);
  const counting = createLoop({
    name: 'count the inbox',
    everyMs: COUNT_EVERY_MS,
    logger,
    run: async () => s.metrics.inboxQueue(await countQueue(execute)),
  });
  const onStored = (): void => {
    s.wakeRelay();
    worker.wake();
  };
  return {
    keys,
    receiving: {
      inbox: createInboxStore({ execute, urls, onStored }),
      onActorGone,
      metrics: s.metrics,
      actors: cacheLocalActors(createActorRepository(prisma), localActors),
      knowsActor: (apId: string) => remoteActors.knows(apId),
      blockedHosts: s.blockedHosts,
    },
    /** Call when local actors may have changed. */
    forgetLocalActors: () => localActors.clear(),
    loops: [
      worker,
      counting,
      createInboxHousekeeping({ execute, logger, now }, s.config.inboxBounds, s.tuning.housekeepingMs),
    ],
  };
}
