import type { Server } from 'node:http';
import { assertionKeyCheck } from '@artdag/actor-context';
import { openDatabase } from '@artdag/database/bridge';
import type { KeyValueStore } from '@artdag/key-value';
import type { Transport } from '@artdag/messaging';
import {
  createHealth,
  createLogger,
  createMetrics,
  listen,
  type HttpServer,
  type Logger,
  type Service,
} from '@artdag/service-kit';
import { composeParts } from './compose.ts';
import type { RevocationTuning } from './compose-revocations.ts';
import type { Config } from './config.ts';
import { createConnections } from './connections.ts';

export { loadConfig, type Config } from './config.ts';

/** What a composer may replace; it also closes what it passes in. */
export interface Overrides {
  logger?: Logger;
  now?: () => Date;
  /** Listens already. */
  server?: Server;
  store?: KeyValueStore;
  transport?: Transport;
  /** Another pace than that of art-dag-l2.md §9. */
  revocations?: RevocationTuning;
}

/** For requests, and then for calls to L1s under way; together less than the process has to end. */
const graceMs = 6_000;

/** Composes the service; nothing is opened before `start`. */
export function createService(config: Config, overrides: Overrides = {}): Service {
  const { databaseUrl, databasePoolMax: max, host, port } = config;
  const logger = overrides.logger ?? createLogger({ service: 'l1-bridge', level: config.logLevel });
  const now = overrides.now ?? (() => new Date());
  const metrics = createMetrics({ processMetrics: overrides.server === undefined });
  const health = createHealth();
  const onConnectionLost = (error: Error) => logger.warn('a database connection broke', { error });
  const database = openDatabase({ databaseUrl, max, applicationName: 'artdag-l1-bridge', onConnectionLost });
  const connections = createConnections(config, { ...overrides, logger });
  const { store, transport, safeFetch } = connections;
  const tuning = overrides.revocations ?? {};
  const parts = composeParts({
    ...{ config, database, store, transport, safeFetch },
    ...{ logger, now, metrics, health, tuning },
  });
  const { app, assertions, l1Servers } = parts;
  health.register('database', () => database.ping());
  health.register('store', () => store.ping(), { critical: false });
  health.register('bus', () => transport.ping(), { critical: false });
  health.register('assertion_key', assertionKeyCheck(assertions));

  let http: HttpServer | undefined;
  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    health.setDraining();
    await http?.close(graceMs);
    await parts.close(graceMs);
    await Promise.all(connections.own.map((part) => part.close()));
    await database.close();
  };
  return {
    name: 'l1-bridge',
    app,
    async start() {
      await database.assertSafeRole();
      await l1Servers.addMissing(config.l1Servers);
      await parts.open();
      http = await listen(app, { host, port, ...(overrides.server && { server: overrides.server }) });
      await parts.work();
      return { port: http.port, url: http.url };
    },
    close: () => (closing ??= close()),
  };
}
