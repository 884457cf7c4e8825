import type { Server } from 'node:http';
import { assertionKeyCheck } from '@artdag/actor-context';
import { openDatabase } from '@artdag/database/federation';
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
import { composeParts, type DeliveryTuning } from './compose.ts';
import type { Config } from './config.ts';
import { createConnections } from './connections.ts';
import type { InboxTuning } from './inbox/inbox-worker.ts';

export { loadConfig, type Config } from './config.ts';

/** What a composer gives instead of letting the service make its own. What is given is the giver's to close. */
export interface Overrides {
  logger?: Logger;
  now?: () => Date;
  /** Listens already. */
  server?: Server;
  transport?: Transport;
  store?: KeyValueStore;
  /** Another pace than that of art-dag-l2.md §8.9. */
  deliveries?: DeliveryTuning;
  inbox?: InboxTuning;
}

/** For requests, and then for deliveries under way; together less than the process has to end. */
const GRACE_MS = 6_000;

/** The composition root: everything is wired here, nothing runs before `start`. */
export function createService(config: Config, overrides: Overrides = {}): Service {
  const logger = overrides.logger ?? createLogger({ service: 'federation', level: config.logLevel });
  const now = overrides.now ?? (() => new Date());
  const metrics = createMetrics({ processMetrics: overrides.server === undefined });
  const health = createHealth();
  const { databaseUrl, databasePoolMax: max, host, port } = config;
  const onConnectionLost = (error: Error) => logger.warn('a database connection broke', { error });
  const database = openDatabase({ databaseUrl, max, applicationName: 'artdag-federation', onConnectionLost });
  const connections = createConnections(config, { ...overrides, logger, now });
  const { store, transport, assertions, safeFetch } = connections;
  const { deliveries: tuning = {}, inbox: inboxTuning = {} } = overrides;
  const parts = composeParts({ config, database, ...connections, logger, now, metrics, health, tuning, inboxTuning });

  health.register('database', () => database.ping());
  health.register('store', () => store.ping(), { critical: false });
  health.register('bus', () => transport.ping(), { critical: false });
  // What is public is answered without auth, also after a start.
  health.register('assertion_key', assertionKeyCheck(assertions), { critical: false });

  let http: HttpServer | undefined;
  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    health.setDraining();
    await http?.close(GRACE_MS);
    await Promise.all(parts.consumers.map((consumer) => consumer.stop()));
    await parts.worker.stop(GRACE_MS, () => safeFetch.close());
    await Promise.all([...parts.loops, assertions].map((part) => part.stop()));
    await Promise.all(connections.own.map((part) => part.close()));
    await database.close();
  };
  return {
    name: 'federation',
    app: parts.app,
    async start() {
      await database.assertSafeRole();
      await assertions.start();
      http = await listen(parts.app, { host, port, ...(overrides.server && { server: overrides.server }) });
      for (const loop of [...parts.loops, parts.worker]) loop.start();
      await Promise.all(parts.consumers.map((consumer) => consumer.start()));
      return { port: http.port, url: http.url };
    },
    close: () => (closing ??= close()),
  };
}
