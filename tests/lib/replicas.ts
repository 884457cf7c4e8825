import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { serviceKey } from '@artdag/actor-context';
import { removeRabbitTopology } from '@artdag/messaging';
import {
  brokerUrls,
  createTestDatabase,
  freePort,
  startProcess,
  tcpProxy,
  testPrefix,
  type StartedProcess,
  type TcpProxy,
  startTestRedis,
  type TestRedis,
} from '@artdag/testing';
import { noLimits } from './no-limits.ts';
import { patientServices } from './patience.ts';
import { startBalancer } from './balancer.ts';
import { mainOf } from './scripts.ts';
import { newDataFolder } from './standalone-suite.ts';
import { wholeOrNothing, type Undoing } from './undoing.ts';

/** Several gateways in front of several auths, and identities if wanted, each its own process, on one PostgreSQL, one Redis and one RabbitMQ. */
export interface Replicas {
  /** Origins, each of one gateway. */
  gateways: readonly string[];
  /** Origins, each of one auth. */
  auths: readonly string[];
  /** Origins, each of one identity. */
  identities: readonly string[];
  /** The public origin, by which browsers would know the gateways. */
  publicOrigin: string;
  databaseUrl: string;
  /** Secrets that must never be found anywhere else. */
  secrets: { internal: string; jwt: string; serviceKeys: string[] };
  redis: TestRedis;
  /** The way of the last gateway, the last auth and the last identity to Redis; all others go directly. */
  lastWayToRedis: TcpProxy;
  /** Everybody's way to RabbitMQ. */
  wayToBroker: TcpProxy;
  /** Stops all auths where they stand (SIGSTOP), until the returned function lets them go on. */
  freezeAuths(): () => void;
  /** Lines that the processes have logged about mistakes of their own so far. */
  errors(): string[];
  remove(): Promise<void>;
}

/** How often and with what; `env` is added to every process's own. */
export interface ReplicasOptions {
  gateways: number;
  auths: number;
  /** Default: none. */
  identities?: number;
  env?: Record<string, string>;
}

const ports = (count: number): Promise<number[]> => Promise.all(Array.from({ length: count }, freePort));
const originOf = (port: number): string => `http://127.0.0.1:${port}`;

type ReplicaName = 'auth' | 'identity' | 'gateway';

export function startReplicas(o: ReplicasOptions): Promise<Replicas> {
  return wholeOrNothing((undo) => assemble(o, undo));
}

async function assemble(o: ReplicasOptions, undo: Undoing): Promise<Replicas> {
  const { rabbitmqUrl } = brokerUrls();
  const prefix = testPrefix();
  const dataFolder = newDataFolder();
  undo.add(async () => rmSync(dataFolder, { recursive: true, force: true }));
  const database = await createTestDatabase();
  undo.add(database.drop);
  undo.add(() => removeRabbitTopology({ url: rabbitmqUrl, prefix }));
  const redis = await startTestRedis();
  undo.add(redis.close);
  const lastWayToRedis = await tcpProxy({ target: redis.url });
  undo.add(lastWayToRedis.close);
  const wayToBroker = await tcpProxy({ target: rabbitmqUrl });
  undo.add(wayToBroker.close);
  const gatewayPorts = await ports(o.gateways);
  const authPorts = await ports(o.auths);
  const balancer = await startBalancer(authPorts);
  undo.add(balancer.close);
  const identityPorts = await ports(o.identities ?? 0);
  const identityBalancer = await startBalancer(identityPorts);
  undo.add(identityBalancer.close);

  const internal = randomBytes(32).toString('hex');
  const jwt = randomBytes(32).toString('hex');
  const domain = `localhost:${gatewayPorts[0]}`;
  const env: Record<string, string> = {
    ARTDAG_DOMAIN: domain,
    PUBLIC_SCHEME: 'http',
    ARTDAG_DATA: dataFolder,
    KEY_STORE: 'database',
    DATA_ENCRYPTION_KEY: randomBytes(32).toString('hex'),
    DATABASE_URL: database.url,
    DATABASE_POOL_MAX: '8',
    REDIS_KEY_PREFIX: prefix,
    RABBITMQ_URL: wayToBroker.url,
    RABBITMQ_PREFIX: prefix,
    JWT_SECRET: jwt,
    LOG_LEVEL: 'warn',
    AUTH_URL: balancer.url,
    IDENTITY_URL: identityBalancer.url,
    ...noLimits,
    ...patientServices,
    ...o.env,
  };
  const start = (service: ReplicaName, port: number, last: boolean): Promise<StartedProcess> => {
    const own = {
      PORT: String(port),
      SERVICE_KEY: serviceKey(internal, service),
      REDIS_URL: last ? lastWayToRedis.url : redis.url,
      ...(service === 'auth' ? { INTERNAL_SECRET: internal } : {}),
    };
    const readyUrl = `${originOf(port)}/${service === 'gateway' ? 'healthz' : 'readyz'}`;
    return startProcess({ script: mainOf(service), env: { ...env, ...own }, readyUrl });
  };
  const processes: Record<ReplicaName, StartedProcess[]> = { auth: [], identity: [], gateway: [] };
  const startAll = async (service: ReplicaName, all: readonly number[]): Promise<void> => {
    const results = await Promise.allSettled(
      all.map(async (port, place) => {
        const started = await start(service, port, place > 0 && place === all.length - 1);
        processes[service].push(started);
        undo.add(started.stop);
      }),
    );
    for (const result of results) if (result.status === 'rejected') throw result.reason;
  };
  await startAll('auth', authPorts);
  await startAll('identity', identityPorts);
  await startAll('gateway', gatewayPorts);
  return {
    gateways: gatewayPorts.map(originOf),
    auths: authPorts.map(originOf),
    identities: identityPorts.map(originOf),
    publicOrigin: `http://${domain}`,
    databaseUrl: database.url,
    secrets: {
      internal,
      jwt,
      serviceKeys: ['auth', 'identity', 'gateway', 'admin'].map((name) => serviceKey(internal, name)),
    },
    redis,
    lastWayToRedis,
    wayToBroker,
    freezeAuths() {
      const signal = (name: NodeJS.Signals): void => {
        for (const { pid } of processes.auth) process.kill(pid, name);
      };
      signal('SIGSTOP');
      return () => signal('SIGCONT');
    },
    errors: () =>
      Object.values(processes)
        .flat()
        .flatMap(({ output }) => output.split('\n'))
        .filter((line) => line.includes(': internal_error')),
    remove: undo.all,
  };
}
