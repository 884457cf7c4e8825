import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { serviceKey } from '@artdag/actor-context';
import { removeRabbitTopology } from '@artdag/messaging';
import {
  brokerUrls,
  createTestDatabase,
  eventually,
  freePort,
  makeAssertionKit,
  startFakeAuth,
  startProcess,
  startTestPostgres,
  testPrefix,
  type StartedProcess,
  type TestPostgres,
} from '@artdag/testing';
import { mainOf } from './scripts.ts';
import { newDataFolder } from './standalone-suite.ts';

/** Two asset-registries and identity, each its own process, on a PostgreSQL of the suite's own; auth is a stand-in. */
export interface LogSuite {
  /** Of the two asset-registries. */
  urls: readonly [string, string];
  publicUrl: string;
  databaseUrl: string;
  postgres: TestPostgres;
  /** Headers of a call that the gateway would make for giles. */
  asGiles(): Record<string, string>;
  /** SIGKILL; it is gone when this resolves. */
  kill(which: Member): Promise<void>;
  /** SIGSTOP, until the returned function lets it go on. */
  freeze(which: Member): () => void;
  /** Starts it again on the same port, however often it takes while the database is away. */
  start(which: Member): Promise<void>;
  remove(): Promise<void>;
}

/** One of the two asset-registries, or identity. */
export type Member = 0 | 1 | 'identity';

const intervalMs = '20';

export async function startLogSuite(): Promise<LogSuite> {
  const { redisUrl, rabbitmqUrl } = brokerUrls();
  const prefix = testPrefix();
  const internal = randomBytes(32).toString('hex');
  const dataFolder = newDataFolder();
  const auth = await startFakeAuth({ internalSecret: internal });
  auth.actors.set('user:giles', { actor_id: 'user:giles', username: 'giles', status: 'active' });
  // What was acknowledged must outlive a crash, for all the rest is as with other tests.
  const postgres = await startTestPostgres({ settings: { synchronous_commit: 'on' } });
  const { url: databaseUrl } = await createTestDatabase({ serverUrl: postgres.url });
  const ports = { 0: await freePort(), 1: await freePort(), identity: await freePort() };
  const urlOf = (which: Member): string => `http://127.0.0.1:${ports[which]}`;
  const shared = {
    ...{ ARTDAG_DOMAIN: 'l2.example.com', ARTDAG_DATA: dataFolder, LOG_LEVEL: 'warn', LOG_INTERVAL_MS: intervalMs },
    ...{ DATABASE_URL: databaseUrl, DATABASE_POOL_MAX: '5', AUTH_URL: auth.url, IDENTITY_URL: urlOf('identity') },
    ...{ REDIS_URL: redisUrl, REDIS_KEY_PREFIX: prefix, RABBITMQ_URL: rabbitmqUrl, RABBITMQ_PREFIX: prefix },
    ...{ DATA_ENCRYPTION_KEY: randomBytes(32).toString('hex'), OTS_CALENDARS: 'none' },
  };
  const processes = new Map<Member, StartedProcess>();
  const startOnce = async (which: Member): Promise<void> => {
    const service = which === 'identity' ? 'identity' : 'asset-registry';
    const env = { ...shared, PORT: String(ports[which]), SERVICE_KEY: serviceKey(internal, service) };
    const readyUrl = `${urlOf(which)}/readyz`;
    processes.set(which, await startProcess({ script: mainOf(service), env, readyUrl }));
  };
  const kit = makeAssertionKit('asset-registry');
  const suite: LogSuite = {
    ...{ urls: [urlOf(0), urlOf(1)], publicUrl: 'https://l2.example.com', databaseUrl, postgres },
    asGiles: () => ({
      'x-actor-assertion': kit.actor({ actor_id: 'user:giles', username: 'giles', scopes: ['assets:create'] }),
    }),
    async kill(which) {
      await processes.get(which)?.kill('SIGKILL');
    },
    freeze(which) {
      const pid = processes.get(which)?.pid ?? 0;
      process.kill(pid, 'SIGSTOP');
      return () => process.kill(pid, 'SIGCONT');
    },
    start: (which) => eventually(() => startOnce(which), { everyMs: 200 }),
    async remove() {
      for (const running of processes.values()) await running.stop();
      await postgres.stop();
      await auth.close();
      await removeRabbitTopology({ url: rabbitmqUrl, prefix });
      rmSync(dataFolder, { recursive: true, force: true });
    },
  };
  for (const which of ['identity', 0, 1] as const) {
    try {
      await startOnce(which);
    } catch (error) {
      await suite.remove();
      throw error;
    }
  }
  return suite;
}
