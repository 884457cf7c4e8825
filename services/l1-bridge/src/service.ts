import type { Server } from 'node:http';
import { createAssertionVerifier } from '@artdag/actor-context';
import { openDatabase } from '@artdag/database/bridge';
import { createRedisStore, type KeyValueStore } from '@artdag/key-value';
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
import { createApp } from './app.ts';
import type { Config } from './config.ts';
import { createL1ServerRepository } from './l1-servers/l1-server.repository.ts';
import { createRendererRepository } from './renderers/renderer.repository.ts';

export { loadConfig, type Config } from './config.ts';

/** What a composer may replace; it also closes what it passes in. */
export interface Overrides {
  logger?: Logger;
  now?: () => Date;
  /** Listens already. */
  server?: Server;
  store?: KeyValueStore;
}

const graceMs = 10_000;

/** Composes the service; nothing is opened before `start`. */
export function createService(config: Config, overrides: Overrides = {}): Service {
  const { databaseUrl, databasePoolMax: max, authUrl, host, port } = config;
  const logger = overrides.logger ?? createLogger({ service: 'l1-bridge', level: config.logLevel });
  const now = overrides.now ?? (() => new Date());
  const metrics = createMetrics({ processMetrics: overrides.server === undefined });
  const health = createHealth();
  const onConnectionLost = (error: Error) => logger.warn('a database connection broke', { error });
  const database = openDatabase({ databaseUrl, max, applicationName: 'artdag-l1-bridge', onConnectionLost });
  const store = overrides.store ?? openStore(config, logger);
  const verifier = createAssertionVerifier({ service: 'l1-bridge', authUrl, logger, now });
  const l1Servers = createL1ServerRepository(database);
  const renderers = createRendererRepository(database);
  const app = createApp({ config, logger, metrics, health, verifier, renderers });
  health.register('database', () => database.ping());
  health.register('store', () => store.ping(), { critical: false });

  let http: HttpServer | undefined;
  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    health.setDraining();
    await http?.close(graceMs);
    if (overrides.store === undefined) await store.close();
    await database.close();
  };
  return {
    name: 'l1-bridge',
    app,
    async start() {
      await database.assertSafeRole();
      await l1Servers.addMissing(config.l1Servers);
      http = await listen(app, { host, port, ...(overrides.server && { server: overrides.server }) });
      return { port: http.port, url: http.url };
    },
    close: () => (closing ??= close()),
  };
}

function openStore({ redisUrl: url, redisKeyPrefix: keyPrefix }: Config, logger: Logger): KeyValueStore {
  if (url === undefined) throw new ConfigError(['REDIS_URL: is not set, wants a URL such as redis://127.0.0.1:6379']);
  return createRedisStore({ url, keyPrefix, onError: (error) => logger.warn('key-value store', { error }) });
}
