import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAssertionSigner, serviceKey, type AssertionSigner } from '@artdag/actor-context';
import { removeRabbitTopology } from '@artdag/messaging';
import { createLogger } from '@artdag/service-kit';
import {
  brokerUrls,
  createTestDatabase,
  freePort,
  startProcess,
  testPrefix,
  type StartedProcess,
} from '@artdag/testing';

const names = ['auth', 'identity', 'asset-registry'] as const;
type Name = (typeof names)[number];

/** What serves `POST /assets`: each service its own process on PostgreSQL and Redis, with logs and metrics as shipped. */
export interface RegisteringServices {
  databaseUrl: string;
  urlOf(name: Name): string;
  /** Signs for actors, as the gateway does. */
  signer: AssertionSigner;
  remove(): Promise<void>;
}

const root = join(import.meta.dirname, '..', '..', '..', '..');

export async function startServices(): Promise<RegisteringServices> {
  const database = await createTestDatabase();
  const { redisUrl, rabbitmqUrl } = brokerUrls();
  const prefix = testPrefix();
  const dataFolder = mkdtempSync(join(tmpdir(), 'artdag-bench-'));
  const internal = randomBytes(32).toString('hex');
  const ports: Record<Name, number> = {
    auth: await freePort(),
    identity: await freePort(),
    'asset-registry': await freePort(),
  };
  const urlOf = (name: Name): string => `http://127.0.0.1:${ports[name]}`;
  const env = {
    NODE_ENV: 'production',
    ARTDAG_DOMAIN: 'l2.example.com',
    ARTDAG_DATA: dataFolder,
    DATABASE_URL: database.url,
    REDIS_URL: redisUrl,
    REDIS_KEY_PREFIX: prefix,
    RABBITMQ_URL: rabbitmqUrl,
    RABBITMQ_PREFIX: prefix,
    JWT_SECRET: randomBytes(32).toString('hex'),
    DATA_ENCRYPTION_KEY: randomBytes(32).toString('hex'),
    AUTH_URL: urlOf('auth'),
    IDENTITY_URL: urlOf('identity'),
  };
  const started: StartedProcess[] = [];
  for (const name of names) {
    const own = {
      PORT: String(ports[name]),
      SERVICE_KEY: serviceKey(internal, name),
      ...(name === 'auth' ? { INTERNAL_SECRET: internal } : {}),
    };
    const script = join(root, 'services', name, 'dist', 'main.js');
    started.push(
      await startProcess({ script, env: { ...env, ...own }, readyUrl: `${urlOf(name)}/readyz`, timeoutMs: 30_000 }),
    );
  }
  const logger = createLogger({ service: 'bench', level: 'error' });
  const signer = createAssertionSigner({
    service: 'gateway',
    serviceKey: serviceKey(internal, 'gateway'),
    authUrl: urlOf('auth'),
    logger,
  });
  await signer.start();
  await signer.ready();
  return {
    databaseUrl: database.url,
    urlOf,
    signer,
    async remove() {
      await signer.stop();
      for (const process of started.toReversed()) await process.stop();
      await database.drop();
      await removeRabbitTopology({ url: rabbitmqUrl, prefix });
      rmSync(dataFolder, { recursive: true, force: true });
    },
  };
}
