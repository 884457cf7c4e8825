import { attachActor, createAssertionVerifier, type AssertionSigner } from '@artdag/actor-context';
import type { Database } from '@artdag/database/federation';
import type { KeyValueStore } from '@artdag/key-value';
import { createRelay, executeWithPg, type Execute, type Transport } from '@artdag/messaging';
import type { SafeFetchClient } from '@artdag/safe-fetch';
import { createLoop, type Health, type Logger, type Loop, type Metrics } from '@artdag/service-kit';
import { createActorRepository } from './actors/actor.repository.ts';
import { createApp } from './app.ts';
import { createAuthClient } from './auth/auth-client.ts';
import type { Config } from './config.ts';
import { createConsumers } from './consumers/create-consumers.ts';
import { measureBacklog } from './deliveries/backlog.repository.ts';
import { createDeliveryRepository } from './deliveries/delivery.repository.ts';
import { createDeliveryHousekeeping } from './deliveries/housekeeping.ts';
import { createDeliveryWorker, type DeliveryWorker } from './deliveries/delivery-worker.ts';
import { createBlockedHostRepository } from './blocked-hosts/blocked-host.repository.ts';
import { cacheBlockedHosts } from './blocked-hosts/cached-blocked-hosts.ts';
import type { BlockedHosts } from './blocked-hosts/refuse-blocked.ts';
import { createBoundedCache } from './caching/bounded-cache.ts';
import { createFollowingRepository } from './following/following.repository.ts';
import { createFetchGate } from './remote-actors/fetch-gate.ts';
import { createFindFollowPage, followPageLimits } from './remote-follow/remote-follow.ts';
import { createFetchRemoteActor } from './remote-actors/fetch-remote-actor.ts';
import { createEraser } from './erasing/eraser.ts';
import { createFollowerRepository } from './followers/follower.repository.ts';
import { composeInbox } from './compose-inbox.ts';

import type { InboxTuning } from './inbox/inbox-worker.ts';
import { createIdentityClient } from './identity/identity-client.ts';
import { composeSigning, type Signing } from './compose-signing.ts';
import { createFederationMetrics, type FederationMetrics } from './metrics.ts';
import { createPublicationSigner } from './publications/publication-signer.ts';
import { executePrepared } from './prepared.ts';
import { createPublicationRepository } from './publications/publication.repository.ts';
import { countUnsigned } from './publications/signing-queue.repository.ts';
import { createLocalUrls } from './urls.ts';

/** Pace of the delivery worker; what is left out has the worker's defaults. */
export interface DeliveryTuning {
  retryDelaysMs?: readonly number[];
  leaseMs?: number;
  pollMs?: number;
  concurrency?: number;
  perHost?: number;
  /** How often the gauges are set. */
  countEveryMs?: number;
}

export interface Surroundings {
  config: Config;
  database: Database;
  store: KeyValueStore;
  transport: Transport;
  safeFetch: SafeFetchClient;
  assertions: AssertionSigner;
  logger: Logger;
  now: () => Date;
  metrics: Metrics;
  health: Health;
  tuning: DeliveryTuning;
  inboxTuning: InboxTuning;
}

const COUNT_EVERY_MS = 15_000;

/** Everything of federation's own, from its database and connections up. */
export function composeParts(s: Surroundings) {
  const { config, database, transport, logger, now } = s;
  const urls = createLocalUrls(config.publicUrl);
  const execute = executeWithPg(database.pool);
  const relay = createRelay({ execute, transport, logger, metrics: s.metrics });
  const metrics = createFederationMetrics(s.metrics);
  const deliveries = createDeliveryRepository(execute);
  const assertionFor = (audience: string) => s.assertions.forService(audience);
  const identity = createIdentityClient({ baseUrl: config.identityUrl, assertionFor });
  const auth = createAuthClient({ baseUrl: config.authUrl, assertionFor });
  let worker: DeliveryWorker | undefined;
  let signer: Loop | undefined;
  const onCommit = (): void => {
    relay.wake();
    worker?.wake();
    signer?.wake();
  };
  const quietly = <T>(work: (execute: Execute) => Promise<T>): Promise<T> =>
    database.pgTransaction((client) => work(executeWithPg(client)));
  const transaction = async <T>(work: (execute: Execute) => Promise<T>): Promise<T> => {
    const result = await quietly(work);
    onCommit();
    return result;
  };
  const { tuning } = s;
  const signing = composeSigning({ execute, identity, safeFetch: s.safeFetch, logger, now });
  const blockedHosts = composeBlockedHosts(execute, config);
  const { sign, schemes, signedFetch } = signing;
  worker = createDeliveryWorker(
    {
      ...{ deliveries, transaction, urls, metrics, now, identity, safeFetch: s.safeFetch },
      ...{ sign, schemes, blockedHosts },
      retryDelaysMs: tuning.retryDelaysMs,
    },
    { ...tuning, logger },
  );
  const wakes = { wakeRelay: () => relay.wake(), wakeDeliveries: () => worker?.wake() };
  const common = { urls, blockedHosts, metrics, safeFetch: signedFetch };
  const inbox = composeInbox({ ...s, ...wakes, ...common, ...preparedOn(database), tuning: s.inboxTuning });
  const onPublished = () => metrics.published();
  signer = createPublicationSigner({ execute, transaction, urls, now, identity, sign, logger, onPublished });
  const consuming = async <T>(work: (execute: Execute) => Promise<T>): Promise<T> => {
    const result = await transaction(work);
    inbox.forgetLocalActors();
    return result;
  };
  const consumers = createConsumers({ transport, transaction: consuming, logger, urls, now, auth, identity });
  const counting = createCounting({ execute, metrics, logger, now, everyMs: tuning.countEveryMs });
  const eraser = createEraser({ transaction: quietly, logger, now, onCount: (open) => metrics.erasing(open) });
  const tidying = createDeliveryHousekeeping({ deliveries, metrics, logger, now });
  const app = composeApp(s, { urls, execute, transaction, identity, metrics, inbox, blockedHosts, signing });
  const loops = [relay, signer, counting, eraser, tidying, ...signing.loops, ...inbox.loops];
  return { app, relay, worker, consumers, loops };
}

/** For statements that are made so often that planning them each time would show. */
function preparedOn({ pool, pgTransaction, prisma }: Database) {
  const transaction = <T>(work: (execute: Execute) => Promise<T>): Promise<T> =>
    pgTransaction((client) => work(executePrepared(client)));
  return { prisma, execute: executePrepared(pool), transaction };
}

/** What is shown as gauges. */
function createCounting(o: {
  execute: Execute;
  metrics: FederationMetrics;
  logger: Logger;
  now: () => Date;
  everyMs: number | undefined;
}): Loop {
  const { execute, metrics, logger, now, everyMs = COUNT_EVERY_MS } = o;
  const run = async (): Promise<void> => {
    metrics.backlog(await measureBacklog(execute, now()));
    metrics.unsigned(await countUnsigned(execute));
  };
  return createLoop({ name: 'count what waits', everyMs, logger, run });
}

interface Shared {
  urls: ReturnType<typeof createLocalUrls>;
  execute: Execute;
  transaction: <T>(work: (execute: Execute) => Promise<T>) => Promise<T>;
  identity: ReturnType<typeof createIdentityClient>;
  metrics: ReturnType<typeof createFederationMetrics>;
  inbox: ReturnType<typeof composeInbox>;
  blockedHosts: BlockedHosts;
  signing: Signing;
}

/** How long a rule that another process made may go unseen. */
const RULES = { ttlMs: 1_000, maxEntries: 10_000 };

function composeBlockedHosts(execute: Execute, { federationMode }: Config): BlockedHosts {
  const cache = createBoundedCache<boolean>({ ...RULES, clock: () => performance.now() });
  return cacheBlockedHosts(createBlockedHostRepository(execute, federationMode), cache);
}

function composeApp(s: Surroundings, shared: Shared) {
  const { config, logger, health, now } = s;
  const { prisma } = s.database;
  const { urls, execute, identity, transaction, inbox } = shared;
  const actors = { actors: createActorRepository(prisma), identity, urls, transaction, now };
  const { publicHosts: authorities, publicScheme } = config;
  const { blockedHosts } = inbox.receiving;
  const reading = {
    ...{ keys: inbox.keys, actors: inbox.receiving.actors, blockedHosts },
    ...{ urls, now, authorities, publicScheme, signatureMetrics: shared.metrics },
  };
  return createApp({
    ...{ logger, health, metrics: s.metrics },
    metricsAllowCidrs: config.metricsAllowCidrs,
    trustedProxies: config.trustedProxies,
    actors,
    instance: { urls, keys: shared.signing.instanceKeys },
    nodeInfo: { urls, execute, now, repositoryUrl: config.repositoryUrl },
    outbox: { ...actors, publications: createPublicationRepository(prisma) },
    followers: { ...actors, followers: createFollowerRepository(prisma), following: createFollowingRepository(prisma) },
    reactions: { urls, execute },
    operating: { execute, transaction, urls, now, mode: config.federationMode },
    attach: attachActor(createAssertionVerifier({ service: 'federation', authUrl: config.authUrl, logger, now })),
    people: {
      ...{ ...actors, safeFetch: s.safeFetch, publicScheme: config.publicScheme },
      fetchRemoteActor: createFetchRemoteActor(shared.signing.signedFetch),
      blockedHosts: shared.blockedHosts,
    },
    remoteFollow: {
      ...actors,
      findFollowPage: createFindFollowPage({
        ...{ urls, safeFetch: s.safeFetch, publicScheme, blockedHosts: shared.blockedHosts },
        ...{ gate: createFetchGate(followPageLimits), clock: () => performance.now() },
      }),
    },
    authorizedFetch: config.authorizedFetch ? reading : undefined,
    inbox: {
      ...{ urls, transaction, now, keys: inbox.keys, ...inbox.receiving },
      ...{ authorities, publicScheme, signatureMetrics: shared.metrics },
    },
  });
}
