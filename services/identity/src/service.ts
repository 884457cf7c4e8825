import type { Server } from 'node:http';
import { assertionKeyCheck, attachActor, createAssertionSigner, createAssertionVerifier } from '@artdag/actor-context';
import { openDatabase } from '@artdag/database/identity';
import { createInvalidations, createRedisStore, type KeyValueStore } from '@artdag/key-value';
import { createRabbitTransport, createRelay, executeWithPg, type Execute, type Transport } from '@artdag/messaging';
import { createFailureLimiter } from '@artdag/rate-limit';
import {
  rabbitOptions,
  redisOptions,
  createHealth,
  createLogger,
  createMetrics,
  listen,
  type HttpServer,
  type Logger,
  type Service,
} from '@artdag/service-kit';
import { composeActorKeys, type ActorKeysOverrides } from './actor-keys/compose.ts';
import { createActorDirectory } from './actors/actor-directory.ts';
import { createAuthClient } from './actors/auth-client.ts';
import { createApp } from './app.ts';
import type { Config } from './config.ts';
import { composeIdentities } from './identities/compose.ts';
import { composeMSign } from './msign/compose.ts';
import type { Shared } from './part.ts';
import { composePublicKeys } from './public-keys/compose.ts';
import { composeSweeping } from './sweeping/compose.ts';

export { loadConfig, type Config } from './config.ts';

/** What a composer may replace; it also closes what it passes in. */
export interface Overrides {
  logger?: Logger;
  now?: () => Date;
  /** Listens already. */
  server?: Server;
  transport?: Transport;
  store?: KeyValueStore;
  actorKeys?: ActorKeysOverrides;
}

const graceMs = 10_000;

/** Composes the service; nothing is opened before `start`. */
export function createService(config: Config, overrides: Overrides = {}): Service {
  const now = overrides.now ?? (() => new Date());
  const logger = overrides.logger ?? createLogger({ service: 'identity', level: config.logLevel });
  const transport = overrides.transport ?? createRabbitTransport(rabbitOptions(config, logger));
  const store = overrides.store ?? createRedisStore(redisOptions(config, logger));
  const parts = composeParts(config, { logger, now, transport, store, actorKeys: overrides.actorKeys });
  const { app, own, consumers, database, health, relay, assertions, invalidations } = parts;
  health.register('store', () => store.ping(), { critical: false });

  let http: HttpServer | undefined;
  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    health.setDraining();
    await http?.close(graceMs);
    await Promise.all(consumers.map((consumer) => consumer.stop()));
    await Promise.all(own.map(async (part) => part.stop?.()));
    await relay.stop();
    await invalidations.stop();
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
      await assertions.start();
      // Before anything is kept in memory.
      await invalidations.start();
      http = await listen(app, { host: config.host, port: config.port, ...serverOf(overrides) });
      relay.start();
      await Promise.all(own.map(async (part) => part.start?.()));
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
  actorKeys: ActorKeysOverrides | undefined;
}

/** Everything of identity's own, from its database up. */
function composeParts(config: Config, { logger, now, transport, store: shared, actorKeys }: Surroundings) {
  const { databaseUrl, databasePoolMax: max, authUrl, serviceKey } = config;
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
  const invalidations = createInvalidations(shared, logger);
  const actors = createActorDirectory({ auth, now, invalidations });

  const failures = createFailureLimiter({ store: shared, logger, now });
  const attach = attachActor(verifier);
  const forParts: Shared = {
    ...{ config, logger, metrics, now, database, execute, transaction, transport },
    ...{ store: shared, auth, actors, invalidations, failures, attach },
  };
  const own = [
    composeActorKeys(forParts, actorKeys),
    composePublicKeys(forParts),
    composeMSign(forParts),
    composeIdentities(forParts),
    composeSweeping(forParts),
  ];
  const consumers = own.flatMap((part) => part.consumers ?? []);
  const app = createApp({ config, logger, metrics, health, verifier, parts: own });
  health.register('database', () => database.ping());
  health.register('bus', () => transport.ping(), { critical: false });
  // Who signs a request, or has identity sign, is somebody by auth's word: after a start without it there are profiles to read, and no more.
  health.register('assertion_key', assertionKeyCheck(assertions));
  return { app, own, consumers, database, health, relay, assertions, invalidations };
}

function serverOf(overrides: Overrides): { server?: Server } {
  return overrides.server === undefined ? {} : { server: overrides.server };
}
