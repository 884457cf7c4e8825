import type { Server } from 'node:http';
import { createAssertionVerifier } from '@artdag/actor-context';
import { openDatabase } from '@artdag/database/auth';
import { createRedisStore, type KeyValueStore } from '@artdag/key-value';
import { createRabbitTransport, createRelay, executeWithPg, type Transport } from '@artdag/messaging';
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
import { makeMockUsers } from './accounts/mock-users.ts';
import { createApp } from './app.ts';
import { internalJwks } from './assertion-keys/internal-jwks.ts';
import { composeParts } from './compose.ts';
import type { Config } from './config.ts';
import { createConsumers } from './consumers/create-consumers.ts';

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
  const logger = overrides.logger ?? createLogger({ service: 'auth', level: config.logLevel });
  const metrics = createMetrics();
  const database = openDatabase({
    databaseUrl: config.databaseUrl,
    max: config.databasePoolMax,
    applicationName: 'artdag-auth',
    onConnectionLost: (error) => logger.warn('lost a database connection', { error }),
  });
  const transport = overrides.transport ?? createRabbitTransport(rabbitOptions(config, logger));
  const store = overrides.store ?? createRedisStore(redisOptions(config, logger));
  const relay = createRelay({ execute: executeWithPg(database.pool), transport, logger, metrics });
  const parts = composeParts(config, { database, store, logger, metrics, now });
  const { assertionKeys, ring, passwords } = parts;
  const loadKeys = () => internalJwks({ assertionKeys, now });
  const verifier = createAssertionVerifier({ service: 'auth', authUrl: '', logger, now, loadKeys });

  const health = createHealth();
  health.register('database', () => database.ping());
  health.register('bus', () => transport.ping(), { critical: false });
  health.register('store', () => store.ping(), { critical: false });
  const reported =
    config.jwtSecret === undefined ? { ...health, ready: () => health.ready().then(markEphemeral) } : health;
  const onEvent = (): void => relay.wake();
  const consumers = createConsumers({ ...parts, transport, logger, now, onEvent });
  const app = createApp({ ...parts, ...config, config, logger, metrics, health: reported, verifier, now, onEvent });

  let http: HttpServer | undefined;
  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    health.setDraining();
    await http?.close(graceMs);
    await Promise.all(consumers.map((consumer) => consumer.stop()));
    await relay.stop();
    await Promise.all([parts.keeper.stop(), parts.housekeeping.stop()]);
    await ring.stop();
    await Promise.all([parts.changes.stop(), parts.keyChanges.stop()]);
    if (overrides.transport === undefined) await transport.close();
    if (overrides.store === undefined) await store.close();
    await database.close();
  };
  return {
    name: 'auth',
    app,
    async start() {
      if (config.jwtSecret === undefined) logger.warn(ephemeralWarning);
      await database.assertSafeRole();
      await Promise.all([ring.open(), passwords.start(), parts.changes.start(), parts.keyChanges.start()]);
      if (config.mockLogin) await makeMockUsers({ ...parts, now, onEvent, logger });
      http = await listen(app, { host: config.host, port: config.port, ...serverOf(overrides) });
      relay.start();
      parts.keeper.start();
      parts.housekeeping.start();
      ring.start();
      await Promise.all(consumers.map((consumer) => consumer.start()));
      return { port: http.port, url: http.url };
    },
    close: () => (closing ??= close()),
  };
}

const ephemeralWarning =
  'JWT_SECRET IS NOT SET: every token and every replica of this service dies with this process. Set JWT_SECRET or ' +
  'JWT_SECRET_FILE to at least 32 bytes (openssl rand -hex 32).';

/** `/readyz` says it too (art-dag-l2.md §3). */
function markEphemeral<R extends object>(readiness: R): R & { jwt_secret: 'ephemeral' } {
  return { ...readiness, jwt_secret: 'ephemeral' };
}

function serverOf(overrides: Overrides): { server?: Server } {
  return overrides.server === undefined ? {} : { server: overrides.server };
}
