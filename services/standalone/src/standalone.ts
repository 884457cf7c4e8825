import type { Server } from 'node:http';
import { join } from 'node:path';
import { loadMigrateConfig, migrate } from '@artdag/database/migrate';
import { createMemoryStore, createRedisStore, type KeyValueStore } from '@artdag/key-value';
import { createInProcessTransport, createRabbitTransport, type Transport } from '@artdag/messaging';
import { createLogger, isConnectionFailure, type Logger } from '@artdag/service-kit';
import { announceServices } from './announce-services.ts';
import { createClosers } from './closers.ts';
import type { StandaloneConfig } from './config.ts';
import { prepareDataFolder } from './data-folder.ts';
import { serviceEnvironment, sharedEnvironment } from './environment.ts';
import { listenEarly, portOf } from './listeners.ts';
import { serviceNames, type ServiceName } from './names.ts';
import { hasCluster } from './postgres/cluster.ts';
import { startEmbeddedPostgres } from './postgres/embedded-postgres.ts';
import { keptSecret } from './secrets.ts';
import { StartupError } from './startup-error.ts';

export interface Standalone {
  /** Where to go with a browser. */
  url: string;
  dataFolder: string;
  close(): Promise<void>;
}

type Closers = ReturnType<typeof createClosers>;

async function openDatabase({ dataFolder, databaseUrl }: StandaloneConfig, closers: Closers): Promise<string> {
  const folder = join(dataFolder, 'postgres');
  prepareDataFolder(dataFolder, !databaseUrl && !hasCluster(folder));
  if (databaseUrl) return databaseUrl;
  const postgres = await startEmbeddedPostgres({
    folder,
    logFile: join(dataFolder, 'logs', 'postgres.log'),
    user: 'artdag',
    password: keptSecret(dataFolder, 'postgres_password'),
  });
  closers.add(() => postgres.stop());
  return postgres.databaseUrl;
}

async function applyMigrations({ env }: StandaloneConfig, databaseUrl: string): Promise<void> {
  try {
    await migrate(loadMigrateConfig({ ...env, DATABASE_URL: databaseUrl, DATABASE_URL_FILE: undefined }));
  } catch (error) {
    if (!isConnectionFailure(error)) throw error;
    const { host } = new URL(databaseUrl);
    throw new StartupError(
      `PostgreSQL at ${host} cannot be reached (${describe(error)}). Start it, or correct DATABASE_URL.`,
    );
  }
}

function describe(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}

function openTransport({ rabbitmqUrl, env }: StandaloneConfig, logger: Logger): Transport {
  if (!rabbitmqUrl) return createInProcessTransport({ logger });
  return createRabbitTransport({ url: rabbitmqUrl, logger, prefix: env['RABBITMQ_PREFIX'] ?? '' });
}

function openStore({ redisUrl, env }: StandaloneConfig): KeyValueStore {
  return redisUrl ? createRedisStore({ url: redisUrl, keyPrefix: env['REDIS_KEY_PREFIX'] ?? '' }) : createMemoryStore();
}

/** Only the gateway has a known port; the others take what loopback has free. */
async function listenForAll({ host, port }: StandaloneConfig, closers: Closers): Promise<Map<ServiceName, Server>> {
  const servers = new Map<ServiceName, Server>();
  for (const name of serviceNames) {
    const server = name === 'gateway' ? await listenEarly(host, port) : await listenEarly('127.0.0.1', 0);
    closers.add(async () => void server.close());
    servers.set(name, server);
  }
  return servers;
}

async function start(config: StandaloneConfig, closers: Closers): Promise<Standalone> {
  const servers = await listenForAll(config, closers);
  // The services' code loads while PostgreSQL starts.
  const [{ suite }, databaseUrl] = await Promise.all([import('./suite.ts'), openDatabase(config, closers)]);
  await applyMigrations(config, databaseUrl);
  const env = sharedEnvironment(config, databaseUrl, servers);
  const logger = createLogger({ service: 'standalone', level: env['LOG_LEVEL'] ?? 'warn' });
  const transport = openTransport(config, logger);
  closers.add(() => transport.close());
  const store = openStore(config);
  closers.add(() => store.close());
  for (const [name, server] of servers) {
    const service = suite[name](serviceEnvironment(env, name), { server, transport, store });
    closers.add(() => service.close());
    await service.start();
  }
  closers.add(announceServices(config.dataFolder, env));
  const gateway = servers.get('gateway');
  return {
    url: `http://localhost:${gateway ? portOf(gateway) : config.port}`,
    dataFolder: config.dataFolder,
    close: () => closers.closeAll(),
  };
}

/** Starts every service in this process; whatever had been opened is closed again when one of them cannot start. */
export async function startStandalone(config: StandaloneConfig): Promise<Standalone> {
  const closers = createClosers();
  try {
    return await start(config, closers);
  } catch (error) {
    await closers.closeAll().catch(() => {});
    throw error;
  }
}
