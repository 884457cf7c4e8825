import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serviceKey } from '@artdag/actor-context';
import { removeRabbitTopology } from '@artdag/messaging';
import {
  brokerUrls,
  createTestDatabase,
  freePort,
  startProcess,
  testPrefix,
  type StartedProcess,
} from '@artdag/testing';

/** auth and the gateway, each its own process on PostgreSQL, Redis and RabbitMQ, with logs and metrics as shipped. */
export interface SigningInServices {
  gateway: string;
  auth: string;
  redisUrl: string;
  redisPrefix: string;
  /** `iss` and `aud` of access tokens. */
  domain: string;
  remove(): Promise<void>;
}

const root = join(import.meta.dirname, '..', '..', '..', '..');

/** Every limit is on, and counted, but nobody reaches it. */
const highLimits = Object.fromEntries(
  ['KEYS', 'SESSION', 'ANONYMOUS', 'ACTOR', 'AGENT', 'VERIFY', 'INBOX', 'RECORD_RUN', 'STORAGE_TEST'].map((name) => [
    `RATE_LIMIT_${name}`,
    '1000000',
  ]),
);

export async function startServices(): Promise<SigningInServices> {
  const database = await createTestDatabase();
  const { redisUrl, rabbitmqUrl } = brokerUrls();
  const prefix = testPrefix();
  const dataFolder = mkdtempSync(join(tmpdir(), 'artdag-bench-'));
  const internal = randomBytes(32).toString('hex');
  const ports = { auth: await freePort(), gateway: await freePort() };
  const domain = 'l2.example.com';
  const env = {
    NODE_ENV: 'production',
    ARTDAG_DOMAIN: domain,
    ARTDAG_DATA: dataFolder,
    DATABASE_URL: database.url,
    REDIS_URL: redisUrl,
    REDIS_KEY_PREFIX: prefix,
    RABBITMQ_URL: rabbitmqUrl,
    RABBITMQ_PREFIX: prefix,
    JWT_SECRET: randomBytes(32).toString('hex'),
    AUTH_URL: `http://127.0.0.1:${ports.auth}`,
    ...highLimits,
  };
  const started: StartedProcess[] = [];
  const remove = async (): Promise<void> => {
    for (const process of started.toReversed()) await process.stop();
    await database.drop();
    await removeRabbitTopology({ url: rabbitmqUrl, prefix });
    rmSync(dataFolder, { recursive: true, force: true });
  };
  try {
    for (const name of ['auth', 'gateway'] as const) {
      const own = {
        PORT: String(ports[name]),
        SERVICE_KEY: serviceKey(internal, name),
        ...(name === 'auth' ? { INTERNAL_SECRET: internal } : {}),
      };
      const script = join(root, 'services', name, 'dist', 'main.js');
      // The gateway alone is not ready without the other services, which nobody asks here.
      const readyUrl = `http://127.0.0.1:${ports[name]}/${name === 'auth' ? 'readyz' : 'healthz'}`;
      started.push(await startProcess({ script, env: { ...env, ...own }, readyUrl, timeoutMs: 30_000 }));
    }
  } catch (error) {
    await remove();
    throw error;
  }
  const [auth, gateway] = started.map(({ url }) => url) as [string, string];
  return { auth, gateway, redisUrl, redisPrefix: prefix, domain, remove };
}
