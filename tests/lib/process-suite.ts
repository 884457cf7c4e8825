import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
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
import { Redis } from 'ioredis';
import { startBalancer, type Balancer } from './balancer.ts';
import { noLimits } from './no-limits.ts';
import { patientServices } from './patience.ts';
import { mainOf } from './scripts.ts';
import { newDataFolder } from './standalone-suite.ts';
import { wholeOrNothing, type Undoing } from './undoing.ts';

const names = ['auth', 'identity', 'asset-registry', 'federation', 'l1-bridge', 'web', 'gateway'] as const;
export type ServiceName = (typeof names)[number];

/** Every service as its own process on real PostgreSQL, Redis and RabbitMQ, without rate limits. */
export interface ProcessSuite {
  /** The gateway's origin. */
  url: string;
  databaseUrl: string;
  secrets: { internal: string };
  /** For others, who do not see that there may be two. */
  urlOf(service: ServiceName): string;
  /** @param which 1 for the second of two */
  processOf(service: ServiceName, which?: number): StartedProcess;
  /** Starts a service again on the same port, after it was killed. */
  restart(service: ServiceName, which?: number): Promise<void>;
  remove(): Promise<void>;
}

export async function removeKeys(redisUrl: string, prefix: string): Promise<void> {
  const redis = new Redis(redisUrl);
  for await (const keys of redis.scanStream({ match: `${prefix}*` })) {
    const found = keys as string[];
    if (found.length > 0) await redis.del(...found);
  }
  await redis.quit();
}

interface ProcessSuiteOptions {
  /** Another way to the broker, such as a proxy in front of it. */
  rabbitmqUrl?: string;
  env?: Record<string, string>;
  /** Services that run twice, behind a balancer. */
  twice?: readonly ServiceName[];
}

/** Leaves nothing behind if one of them does not become ready. */
export function startProcesses(o: ProcessSuiteOptions = {}): Promise<ProcessSuite> {
  return wholeOrNothing((undo) => assemble(o, undo));
}

async function assemble(o: ProcessSuiteOptions, undo: Undoing): Promise<ProcessSuite> {
  const { redisUrl, rabbitmqUrl } = brokerUrls();
  const prefix = testPrefix();
  const dataFolder = newDataFolder();
  undo.add(async () => rmSync(dataFolder, { recursive: true, force: true }));
  undo.add(() => removeKeys(redisUrl, prefix));
  undo.add(() => removeRabbitTopology({ url: rabbitmqUrl, prefix }));
  const database = await createTestDatabase();
  undo.add(database.drop);
  const internal = randomBytes(32).toString('hex');
  const ports = new Map<ServiceName, number[]>();
  const balancers = new Map<ServiceName, Balancer>();
  for (const name of names) ports.set(name, [await freePort()]);
  for (const name of o.twice ?? []) {
    const both = [...(ports.get(name) ?? []), await freePort()];
    ports.set(name, both);
    const balancer = await startBalancer(both);
    balancers.set(name, balancer);
    undo.add(balancer.close);
  }
  const directly = (name: ServiceName, which = 0): string => `http://127.0.0.1:${ports.get(name)?.[which]}`;
  const urlOf = (name: ServiceName): string => balancers.get(name)?.url ?? directly(name);
  const env: Record<string, string> = {
    ARTDAG_DOMAIN: new URL(directly('gateway')).host.replace('127.0.0.1', 'localhost'),
    PUBLIC_SCHEME: 'http',
    ALLOWED_PRIVATE_CIDRS: '127.0.0.0/8,::1/128',
    ARTDAG_DATA: dataFolder,
    DATABASE_URL: database.url,
    DATABASE_POOL_MAX: '8',
    REDIS_URL: redisUrl,
    REDIS_KEY_PREFIX: prefix,
    RABBITMQ_URL: o.rabbitmqUrl ?? rabbitmqUrl,
    RABBITMQ_PREFIX: prefix,
    JWT_SECRET: randomBytes(32).toString('hex'),
    DATA_ENCRYPTION_KEY: randomBytes(32).toString('hex'),
    LOG_LEVEL: 'warn',
    ...noLimits,
    ...patientServices,
    ...Object.fromEntries(names.map((name) => [`${name.toUpperCase().replace('-', '_')}_URL`, urlOf(name)])),
    ...o.env,
  };
  const processes = new Map<string, StartedProcess>();
  undo.add(async () => {
    for (const started of [...processes.values()].toReversed()) await started.stop();
  });
  const start = async (name: ServiceName, which = 0): Promise<void> => {
    const url = directly(name, which);
    const own = {
      PORT: new URL(url).port,
      SERVICE_KEY: serviceKey(internal, name),
      ...(name === 'auth' ? { INTERNAL_SECRET: internal } : {}),
    };
    const readyUrl = `${url}/readyz`;
    processes.set(`${name} ${which}`, await startProcess({ script: mainOf(name), env: { ...env, ...own }, readyUrl }));
  };
  const startAll = async (name: ServiceName): Promise<void> => {
    for (const which of ports.get(name)?.keys() ?? []) await start(name, which);
  };
  await startAll('auth');
  // All others ask auth at once, and each other later.
  const others = await Promise.allSettled(names.filter((name) => name !== 'auth').map(startAll));
  for (const other of others) if (other.status === 'rejected') throw other.reason;
  return {
    url: directly('gateway').replace('127.0.0.1', 'localhost'),
    databaseUrl: database.url,
    secrets: { internal },
    urlOf,
    processOf(name, which = 0) {
      const found = processes.get(`${name} ${which}`);
      if (!found) throw new Error(`${name} was not started`);
      return found;
    },
    restart: start,
    remove: undo.all,
  };
}
