import type { Server } from 'node:http';
import { assertionKeyCheck, attachActor, createAssertionSigner, createAssertionVerifier } from '@artdag/actor-context';
import { openDatabase, type Database } from '@artdag/database/registry';
import { masterKeys, type MasterKeys } from '@artdag/envelope';
import { createRedisStore, type KeyValueStore } from '@artdag/key-value';
import { createRabbitTransport, createRelay, executeWithPg, type Execute, type Transport } from '@artdag/messaging';
import { createSafeFetch } from '@artdag/safe-fetch';
import {
  rabbitOptions,
  redisOptions,
  createHealth,
  createLogger,
  createMetrics,
  listen,
  version,
  type HttpServer,
  type Logger,
  type Service,
} from '@artdag/service-kit';
import { composeActivities } from './activities/compose.ts';
import { composeAnchors } from './anchors/compose.ts';
import { createApp } from './app.ts';
import { composeAssets } from './assets/compose.ts';
import { composeCertificates } from './certificates/compose.ts';
import type { Config } from './config.ts';
import { composeErasure } from './erasure/compose.ts';
import { createErasedNames } from './erasure/erased-names.ts';
import { createNameKeyRepository } from './erasure/name-key.repository.ts';
import { composeLog } from './log/compose.ts';
import { composeObjects } from './objects/compose.ts';
import type { Part, Shared } from './part.ts';
import { createActorKeys } from './signing/actor-keys.ts';
import { createClaimSigner } from './signing/claim-signer.ts';
import { composeSigning } from './signing/compose.ts';
import { createIdentityClient } from './signing/identity-client.ts';
import { composeStorage, type StorageOverrides } from './storage/compose.ts';
import { createServiceClient } from './service-client.ts';
import { createUrls } from './urls.ts';

export { loadConfig, type Config } from './config.ts';

/** What the caller gives instead of letting the service make its own. What is given is the caller's to close. */
export interface Overrides {
  logger?: Logger;
  now?: () => Date;
  /** A server that listens already. */
  server?: Server;
  transport?: Transport;
  store?: KeyValueStore;
  storage?: StorageOverrides;
  /** How long identity is waited for when something is to be signed; default 2 s. */
  signingTimeoutMs?: number;
}

const graceMs = 10_000;

/**
 * The composition root: everything is wired here, nothing runs before `start`. It starts from the inside out and ends from the outside in, so
 * that no request meets a part that is not there.
 */
export function createService(config: Config, overrides: Overrides = {}): Service {
  const logger = overrides.logger ?? createLogger({ service: 'asset-registry', level: config.logLevel });
  const now = overrides.now ?? (() => new Date());
  const store = overrides.store ?? createRedisStore(redisOptions(config, logger));
  const transport = overrides.transport ?? createRabbitTransport(rabbitOptions(config, logger));
  const metrics = createMetrics({ processMetrics: overrides.server === undefined });
  const composed = composeParts(config, { logger, now, metrics, store, transport }, overrides);
  const { app, parts, consumers, database, health, relay, signer, clients } = composed;

  let server: HttpServer | undefined;
  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    health.setDraining();
    await server?.close(graceMs);
    await Promise.all(consumers.map((consumer) => consumer.stop()));
    await Promise.all(parts.map(async (part) => part.stop?.()));
    await relay.stop();
    await signer.stop();
    await Promise.all(clients.map((client) => client.close()));
    if (overrides.transport === undefined) await transport.close();
    if (overrides.store === undefined) await store.close();
    await database.close();
  };
  return {
    name: 'asset-registry',
    app,
    async start() {
      await database.assertSafeRole();
      await composed.names.start();
      await signer.start();
      for (const part of parts) await part.start?.();
      for (const consumer of consumers) await consumer.start();
      relay.start();
      const listening = overrides.server && { server: overrides.server };
      server = await listen(app, { host: config.host, port: config.port, ...listening });
      return { port: server.port, url: server.url };
    },
    close: () => (closing ??= close()),
  };
}

type Surroundings = Pick<Shared, 'logger' | 'now' | 'metrics' | 'store' | 'transport'>;

/** Everything of asset-registry's own, from its database up. */
function composeParts(config: Config, { logger, now, metrics, store, transport }: Surroundings, overrides: Overrides) {
  const health = createHealth();
  const database = openRegistry(config, logger);
  const execute = executeWithPg(database.pool);
  const relay = createRelay({ execute, transport, logger, metrics });
  const transaction = async <T>(work: (execute: Execute) => Promise<T>): Promise<T> => {
    const result = await database.pgTransaction((client) => work(executeWithPg(client)));
    relay.wake();
    return result;
  };
  const peer = { authUrl: config.authUrl, logger, now };
  const signer = createAssertionSigner({ ...peer, service: 'asset-registry', serviceKey: config.serviceKey });
  const attach = attachActor(createAssertionVerifier({ ...peer, service: 'asset-registry' }));
  const identity = createIdentityClient(config.identityUrl, signer);
  // As many as there are runs asked for: an L1 that hangs must not keep others' runs waiting.
  const l1Bridge = createServiceClient({ service: 'l1-bridge', url: config.l1BridgeUrl, signer, connections: null });
  const { allowedPrivateCidrs } = config;
  const safeFetch = createSafeFetch({ allowedPrivateCidrs, userAgent: `artdag/${version} (+${config.publicUrl})` });
  const { signingTimeoutMs } = overrides;
  const activities = metrics.counter('activities_total', 'Signed activities stored by this process.', ['type']);
  const shared: Shared = {
    ...{ config, logger, metrics, health, now, database, execute, transaction, transport, store, identity, attach },
    ...{
      safeFetch,
      l1Bridge,
      urls: createUrls(config.publicUrl),
      signer: createClaimSigner(identity, signingTimeoutMs),
    },
    signingTimeoutMs,
    keys: createActorKeys(identity, config.publicUrl, signingTimeoutMs),
    names: createErasedNames(createNameKeyRepository(database), masterKeysOf(config)),
    wakeRelay: () => relay.wake(),
    onClaim(type) {
      activities.inc({ type });
      relay.wake();
    },
  };
  const log = composeLog(shared);
  const parts: Part[] = [
    composeSigning(shared),
    composeAssets(shared),
    composeActivities(shared),
    composeObjects(shared),
    composeStorage(shared, overrides.storage),
    log,
    composeAnchors(shared, log.signedLog),
    composeCertificates(shared, log.signedLog),
    composeErasure(shared),
  ];
  health.register('database', () => database.ping());
  health.register('store', () => store.ping(), { critical: false });
  health.register('bus', () => transport.ping(), { critical: false });
  // What is public is answered without auth, also after a start.
  health.register('assertion_key', assertionKeyCheck(signer), { critical: false });
  const consumers = parts.flatMap((part) => part.consumers ?? []);
  const app = createApp({ config, logger, metrics, health, attach, parts });
  const { names } = shared;
  const clients = [identity, safeFetch, l1Bridge];
  return { app, parts, consumers, database, health, relay, signer, clients, names };
}

function masterKeysOf({ dataEncryptionKey, otherDataEncryptionKeys }: Config): MasterKeys {
  return masterKeys(dataEncryptionKey, otherDataEncryptionKeys);
}

function openRegistry(config: Config, logger: Logger): Database {
  return openDatabase({
    databaseUrl: config.databaseUrl,
    max: config.databasePoolMax,
    applicationName: 'artdag-asset-registry',
    onConnectionLost: (error) => logger.warn('a database connection broke', { error }),
  });
}
