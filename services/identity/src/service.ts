import type { Server } from 'node:http';
import { attachActor, createAssertionSigner, createAssertionVerifier } from '@artdag/actor-context';
import { openDatabase } from '@artdag/database/identity';
import { createRedisStore, type KeyValueStore } from '@artdag/key-value';
import { createRabbitTransport, createRelay, executeWithPg, type Execute, type Transport } from '@artdag/messaging';
import { createFailureLimiter } from '@artdag/rate-limit';
import {
  ConfigError,
  createHealth,
  createLogger,
  createMetrics,
  listen,
  type HttpServer,
  type Logger,
  type Service,
} from '@artdag/service-kit';
import { actorKeyRepository } from './actor-keys/actor-key.repository.ts';
import { createDatabaseKeyStore } from './actor-keys/database-key-store.ts';
import { createFileKeyStore } from './actor-keys/file-key-store.ts';
import { createKeyFiles } from './actor-keys/key-files.ts';
import { createKeyMaker } from './actor-keys/key-maker.ts';
import { createActorDirectory } from './actors/actor-directory.ts';
import { createAuthClient } from './actors/auth-client.ts';
import { createApp } from './app.ts';
import type { Config } from './config.ts';
import { createConsumers } from './consumers/create-consumers.ts';
import { composeIdentities } from './identities/compose.ts';
import { composeMSign } from './msign/compose.ts';
import type { Shared } from './part.ts';
import { composePublicKeys } from './public-keys/compose.ts';
import { createSigner } from './signing/signer.ts';
import { createSigningKeys } from './actor-keys/signing-keys.ts';

export { loadConfig, type Config } from './config.ts';

/** What a composer may replace; it also closes what it passes in. */
export interface Overrides {
  logger?: Logger;
  now?: () => Date;
  /** Listens already. */
  server?: Server;
  transport?: Transport;
  store?: KeyValueStore;
}

const graceMs = 10_000;

/** Composes the service; nothing is opened before `start`. */
export function createService(config: Config, overrides: Overrides = {}): Service {
  const now = overrides.now ?? (() => new Date());
  const logger = overrides.logger ?? createLogger({ service: 'identity', level: config.logLevel });
  const transport = overrides.transport ?? rabbitTransport(config, logger);
  const store = overrides.store ?? redisStore(config);
  const parts = composeParts(config, { logger, now, transport, store });
  const { app, own, consumers, database, files, health, relay, assertions } = parts;
  health.register('store', () => store.ping(), { critical: false });

  let http: HttpServer | undefined;
  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    health.setDraining();
    await http?.close(graceMs);
    await Promise.all(consumers.map((consumer) => consumer.stop()));
    await Promise.all(own.map((part) => part.stop?.()));
    await relay.stop();
    await assertions.stop();
    if (overrides.transport === undefined) await transport.close();
    if (overrides.store === undefined) await store.close();
    await database.close();
  };
  return {
    name: 'identity',
    app,
    async start() {
      await database.assertSafeRole();
      if (config.keyStore === 'file') await files.sweep(now());
      await assertions.start();
      http = await listen(app, { host: config.host, port: config.port, ...serverOf(overrides) });
      relay.start();
      await Promise.all(own.map((part) => part.start?.()));
      await Promise.all(consumers.map((consumer) => consumer.start()));
      return { port: http.port, url: http.url };
    },
    close: () => (closing ??= close()),
  };
}

interface Surroundings {
  logger: Logger;
  now: () => Date;
  transport: Transport;
  store: KeyValueStore;
}

/** Everything of identity's own, from its database up. */
function composeParts(config: Config, { logger, now, transport, store: shared }: Surroundings) {
  const { databaseUrl, databasePoolMax: max, authUrl, serviceKey, publicUrl } = config;
  const metrics = createMetrics();
  const health = createHealth();
  const onConnectionLost = (error: Error): void => void logger.warn('lost a database connection', { error });
  const database = openDatabase({ databaseUrl, max, applicationName: 'artdag-identity', onConnectionLost });
  const execute = executeWithPg(database.pool);
  const relay = createRelay({ execute, transport, logger, metrics });
  const transaction = async <T>(work: (execute: Execute) => Promise<T>): Promise<T> => {
    const result = await database.pgTransaction((client) => work(executeWithPg(client)));
    relay.wake();
    return result;
  };
  const assertions = createAssertionSigner({ service: 'identity', serviceKey, authUrl, logger, now });
  const verifier = createAssertionVerifier({ service: 'identity', authUrl, logger, now });
  const auth = createAuthClient({ authUrl, assertions });
  const actors = createActorDirectory({ auth, now });

  const files = createKeyFiles(config.dataDir);
  const store = config.keyStore === 'file' ? createFileKeyStore(files) : createDatabaseKeyStore(masterKey(config));
  const repository = actorKeyRepository;
  const maker = createKeyMaker({ repository, store, publicUrl, now, execute, transaction });
  const keys = createSigningKeys({ repository, execute, maker, store });
  const failures = createFailureLimiter({ store: shared, logger, now });
  const attach = attachActor(verifier);
  const forParts: Shared = {
    ...{
      config,
      logger,
      metrics,
      now,
      database,
      execute,
      transaction,
      transport,
      store: shared,
      auth,
      actors,
      failures,
      attach,
    },
  };
  const own = [composePublicKeys(forParts), composeMSign(forParts), composeIdentities(forParts)];
  const consumers = [
    ...createConsumers({ transport, transaction, logger, repository, maker, actors }),
    ...own.flatMap((part) => part.consumers ?? []),
  ];
  const onFailure = (error: unknown): void => {
    logger.warn('An item could not be signed.', { error });
  };
  const deps = { repository, execute, maker, actors, keys, signer: createSigner(), onFailure };
  const app = createApp({ config, logger, metrics, health, verifier, parts: own, ...deps });
  health.register('database', () => database.ping());
  health.register('bus', () => transport.ping(), { critical: false });
  health.register('assertion_key', async () => refuseUnless(assertions.registered), { critical: false });
  return { app, own, consumers, database, files, health, relay, assertions };
}

function refuseUnless(registered: boolean): void {
  if (!registered) throw new Error('auth has not yet taken our assertion key');
}

function rabbitTransport(config: Config, logger: Logger): Transport {
  if (config.rabbitmqUrl === undefined) throw new ConfigError(['RABBITMQ_URL: is not set, wants a URL']);
  return createRabbitTransport({ url: config.rabbitmqUrl, prefix: config.rabbitmqPrefix, logger });
}

function redisStore(config: Config): KeyValueStore {
  if (config.redisUrl === undefined) throw new ConfigError(['REDIS_URL: is not set, wants a URL']);
  return createRedisStore({ url: config.redisUrl, keyPrefix: config.redisKeyPrefix });
}

function masterKey(config: Config): Buffer {
  if (config.dataEncryptionKey === undefined)
    throw new ConfigError(['DATA_ENCRYPTION_KEY: is not set, wants 32 bytes']);
  return config.dataEncryptionKey;
}

function serverOf(overrides: Overrides): { server?: Server } {
  return overrides.server === undefined ? {} : { server: overrides.server };
}
