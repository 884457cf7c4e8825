import type { Server } from 'node:http';
import { createAssertionSigner, createAssertionVerifier } from '@artdag/actor-context';
import { openDatabase, type Database } from '@artdag/database/registry';
import { createRedisStore, type KeyValueStore } from '@artdag/key-value';
import { createRabbitTransport, createRelay, executeWithPg, type Transport } from '@artdag/messaging';
import { ConfigError, createHealth, createLogger, createMetrics, type Logger, type Service } from '@artdag/service-kit';
import { createActivityRepository } from './activities/activity.repository.ts';
import { createApp } from './app.ts';
import { createAssetListRepository } from './assets/asset-list.repository.ts';
import { createAssetRepository } from './assets/asset.repository.ts';
import { createFreshValues } from './assets/fresh-values.ts';
import { createIdempotencyRepository } from './assets/idempotency.repository.ts';
import { createRegistrationRepository } from './assets/registration.repository.ts';
import { createRegistrationWriter } from './assets/registration-writer.ts';
import { createBackground } from './background.ts';
import type { Config } from './config.ts';
import { onActorKeysChanged, type OnActorKeysChangedDeps } from './consumers/on-actor-keys-changed.ts';
import { createLifecycle } from './lifecycle.ts';
import { createLogRepository } from './log/log.repository.ts';
import { createObjectRepository } from './objects/object.repository.ts';
import { createActorKeys } from './signing/actor-keys.ts';
import { createClaimSigner } from './signing/claim-signer.ts';
import { createIdentityClient } from './signing/identity-client.ts';
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
}

/** The composition root: everything is wired here, nothing runs before `start`. */
export function createService(config: Config, overrides: Overrides = {}): Service {
  const logger = overrides.logger ?? createLogger({ service: 'asset-registry', level: config.logLevel });
  const now = overrides.now ?? (() => new Date());
  const metrics = createMetrics({ processMetrics: overrides.server === undefined });
  const health = createHealth();
  const database = openRegistry(config, logger);
  const store = overrides.store ?? openStore(config, logger);
  const transport = overrides.transport ?? openTransport(config, logger);

  const peer = { authUrl: config.authUrl, logger, now };
  const signer = createAssertionSigner({ ...peer, service: 'asset-registry', serviceKey: config.serviceKey });
  const verifier = createAssertionVerifier({ ...peer, service: 'asset-registry' });
  const identity = createIdentityClient(config.identityUrl, signer);
  const urls = createUrls(config.publicUrl);
  const keys = createActorKeys(identity, config.publicUrl);
  const idempotency = createIdempotencyRepository(database, now);
  const log = createLogRepository(database);
  const transaction: OnActorKeysChangedDeps['transaction'] = (work) =>
    database.pgTransaction((client) => work(executeWithPg(client)));
  const background = createBackground({
    ...{ store, keys, logger, metrics },
    relay: createRelay({ execute: executeWithPg(database.pool), transport, logger, metrics }),
    consumer: onActorKeysChanged({ transaction, transport, store, keys, urls, logger }),
    sequence: () => log.sequence(),
    prune: () => idempotency.prune(),
  });

  health.register('database', () => database.ping());
  health.register('store', () => store.ping(), { critical: false });
  health.register('bus', () => transport.ping(), { critical: false });

  const app = createApp({
    config,
    logger,
    metrics,
    health,
    verifier,
    keys,
    idempotency,
    urls,
    signer: createClaimSigner(identity),
    writer: createRegistrationWriter(createRegistrationRepository(database)),
    assets: createAssetRepository(database),
    assetList: createAssetListRepository(database, now),
    activities: createActivityRepository(database, now),
    objects: createObjectRepository(database),
    fresh: createFreshValues(now),
    onRegistered: background.onRegistered,
  });
  const own = [...(overrides.transport ? [] : [transport]), ...(overrides.store ? [] : [store])];
  return createLifecycle({
    app,
    config,
    server: overrides.server,
    health,
    database,
    signer,
    identity,
    background,
    own,
  });
}

function openRegistry(config: Config, logger: Logger): Database {
  return openDatabase({
    databaseUrl: config.databaseUrl,
    max: config.databasePoolMax,
    applicationName: 'artdag-asset-registry',
    onConnectionLost: (error) => logger.warn('a database connection broke', { error }),
  });
}

function openStore(config: Config, logger: Logger): KeyValueStore {
  if (config.redisUrl === undefined)
    throw new ConfigError(['REDIS_URL: is not set, wants a URL such as redis://127.0.0.1:6379']);
  return createRedisStore({
    url: config.redisUrl,
    keyPrefix: config.redisKeyPrefix,
    onError: (error) => logger.warn('key-value store', { error }),
  });
}

function openTransport(config: Config, logger: Logger): Transport {
  if (config.rabbitmqUrl === undefined)
    throw new ConfigError(['RABBITMQ_URL: is not set, wants a URL such as amqp://127.0.0.1']);
  return createRabbitTransport({ url: config.rabbitmqUrl, prefix: config.rabbitmqPrefix, logger });
}
