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

type Name = 'auth' | 'identity' | 'asset-registry' | 'federation' | 'l1-bridge' | 'web' | 'gateway';

/** Some of the services, each its own process on PostgreSQL, Redis and RabbitMQ, with logs and metrics as shipped. */
export interface Services {
  /** The origin of one that was started. */
  urlOf(name: Name): string;
  pidOf(name: Name): number;
  databaseUrl: string;
  redisUrl: string;
  redisPrefix: string;
  /** `iss` and `aud` of access tokens, and the host that signed requests name. */
  domain: string;
  /** Signs assertions as that service, until `remove`. */
  signerOf(name: Name): Promise<AssertionSigner>;
  remove(): Promise<void>;
}

const root = join(import.meta.dirname, '..', '..', '..');

/** Every limit is on, and counted, but nobody reaches it. */
const highLimits = Object.fromEntries(
  ['KEYS', 'SESSION', 'ANONYMOUS', 'ACTOR', 'AGENT', 'VERIFY', 'INBOX', 'RECORD_RUN', 'STORAGE_TEST', 'BATCH'].map(
    (name) => [`RATE_LIMIT_${name}`, '10000000'],
  ),
);

const domain = 'l2.example.com';

const scriptOf = (name: Name): string => join(root, 'services', name, 'dist', 'main.js');
const secret = (): string => randomBytes(32).toString('hex');

/** What all of them read, but for who they are. */
function sharedEnvironment(o: {
  databaseUrl: string;
  prefix: string;
  dataFolder: string;
  urls: Record<string, string>;
}) {
  const { redisUrl, rabbitmqUrl } = brokerUrls();
  return {
    NODE_ENV: 'production',
    ARTDAG_DOMAIN: domain,
    ARTDAG_DATA: o.dataFolder,
    DATABASE_URL: o.databaseUrl,
    REDIS_URL: redisUrl,
    REDIS_KEY_PREFIX: o.prefix,
    RABBITMQ_URL: rabbitmqUrl,
    RABBITMQ_PREFIX: o.prefix,
    JWT_SECRET: secret(),
    DATA_ENCRYPTION_KEY: secret(),
    ...o.urls,
    ...highLimits,
  };
}

/**
 * @param names in the order in which they start; auth first
 * @param more of the environment of all
 */
export async function startServices(names: readonly Name[], more: Record<string, string> = {}): Promise<Services> {
  const database = await createTestDatabase();
  const prefix = testPrefix();
  const dataFolder = mkdtempSync(join(tmpdir(), 'artdag-bench-'));
  const internal = secret();
  const ports = new Map<Name, number>();
  for (const name of names) ports.set(name, await freePort());
  const urlOf = (name: Name): string => `http://127.0.0.1:${ports.get(name)}`;
  const urls = Object.fromEntries(names.map((name) => [`${name.toUpperCase().replace('-', '_')}_URL`, urlOf(name)]));
  const env = { ...sharedEnvironment({ databaseUrl: database.url, prefix, dataFolder, urls }), ...more };
  const started: { stop(): Promise<unknown> }[] = [];
  const processes = new Map<Name, StartedProcess>();
  const remove = async (): Promise<void> => {
    for (const each of started.toReversed()) await each.stop();
    await database.drop();
    await removeRabbitTopology({ url: env.RABBITMQ_URL, prefix });
    rmSync(dataFolder, { recursive: true, force: true });
  };
  const start = (name: Name): Promise<StartedProcess> => {
    const port = String(ports.get(name));
    const own = {
      PORT: port,
      SERVICE_KEY: serviceKey(internal, name),
      ...(name === 'auth' && { INTERNAL_SECRET: internal }),
    };
    // The gateway is not ready without all the others, which nobody asks here.
    const readyUrl = `${urlOf(name)}/${name === 'gateway' ? 'healthz' : 'readyz'}`;
    return startProcess({ script: scriptOf(name), env: { ...env, ...own }, readyUrl, timeoutMs: 30_000 });
  };
  try {
    for (const name of names) {
      const process = await start(name);
      processes.set(name, process);
      started.push(process);
    }
  } catch (error) {
    await remove();
    throw error;
  }
  const signerOf = async (service: Name): Promise<AssertionSigner> => {
    const signer = await startSigner(service, serviceKey(internal, service), urlOf('auth'));
    started.push(signer);
    return signer;
  };
  const { REDIS_URL: redisUrl } = env;
  const pidOf = (name: Name): number => processes.get(name)?.pid ?? 0;
  return { urlOf, pidOf, databaseUrl: database.url, redisUrl, redisPrefix: prefix, domain, signerOf, remove };
}

async function startSigner(service: Name, key: string, authUrl: string): Promise<AssertionSigner> {
  const logger = createLogger({ service: 'bench', level: 'error' });
  const signer = createAssertionSigner({ service, serviceKey: key, authUrl, logger });
  await signer.start();
  await signer.ready();
  return signer;
}
