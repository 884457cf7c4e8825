import { createAssertionSigner, serviceKey, type AssertionSigner } from '@artdag/actor-context';
import { createMemoryStore } from '@artdag/key-value';
import { createInProcessTransport } from '@artdag/messaging';
import type { Logger, Service } from '@artdag/service-kit';
import { createService, loadConfig, type Config, type Overrides } from './service.ts';

export const testSecrets = { jwt: 'j'.repeat(64), internal: 'i'.repeat(64) };

export interface RunningAuth {
  url: string;
  service: Service;
  get(path: string, headers?: Record<string, string>): Promise<Answer>;
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Answer>;
  /** With a JSON body, unless it is undefined. Redirects are not followed; each call comes from an address of its own. */
  send(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  /** An assertion for auth with which a service speaks for itself; its key is registered first. */
  assertionOf(service: string): Promise<string>;
  /** An assertion of the gateway's for somebody. */
  gateway(): Promise<AssertionSigner>;
  /** SQL under the service's role, for everybody's rows. */
  sql(text: string, params?: unknown[]): Promise<Record<string, unknown>[]>;
  stop(): Promise<void>;
}

export interface Answer {
  status: number;
  headers: Headers;
  // What JSON.parse gives; each test says what it expects.
  body: ReturnType<typeof JSON.parse>;
}

/** What is needed of an open database. */
interface TestTables {
  pgStatement(
    statement: { text: string; values: unknown[] },
    who?: { system?: boolean },
  ): Promise<{ rows: Record<string, unknown>[] }>;
}

export interface StartAuthOptions {
  databaseUrl: string;
  /** For the test's own look into that database. */
  tables: TestTables;
  logger: Logger;
  env?: NodeJS.ProcessEnv;
  config?: Partial<Config>;
  overrides?: Overrides;
}

/** A whole auth service on a real database, with the in-process bus and store. */
export async function startAuth(o: StartAuthOptions): Promise<RunningAuth> {
  const { logger, databaseUrl } = o;
  const secrets = { JWT_SECRET: testSecrets.jwt, INTERNAL_SECRET: testSecrets.internal };
  const env = {
    ...{ PORT: '0', DATABASE_URL: databaseUrl, DATABASE_POOL_MAX: '4', ARTDAG_DOMAIN: 'l2.test', ...secrets },
    // So that a test may say whence a call comes.
    TRUSTED_PROXIES: '127.0.0.0/8',
  };
  const config = { ...loadConfig({ ...env, ...o.env }, { embedded: true }), ...o.config };
  const transport = createInProcessTransport({ logger });
  const store = createMemoryStore();
  const service = createService(config, { logger, transport, store, ...o.overrides });
  const { url } = await service.start();
  const signers = new Map<string, AssertionSigner>();

  const signerOf = async (name: string): Promise<AssertionSigner> => {
    const known = signers.get(name);
    if (known !== undefined) return known;
    const signer = createAssertionSigner({
      ...{ service: name, serviceKey: serviceKey(testSecrets.internal, name), authUrl: url, logger },
      ...(o.overrides?.now === undefined ? {} : { now: o.overrides.now }),
    });
    signers.set(name, signer);
    await signer.start();
    await signer.ready();
    return signer;
  };
  return {
    url,
    service,
    get: (path, headers = {}) => call(url + path, { headers }),
    post: (path, body, headers = {}) => call(url + path, requestOf('POST', body, headers)),
    send: (method, path, body, headers = {}) => call(url + path, requestOf(method, body, headers)),
    assertionOf: async (name) => await (await signerOf(name)).forService('auth'),
    gateway: () => signerOf('gateway'),
    sql: async (text, params = []) => (await o.tables.pgStatement({ text, values: params }, { system: true })).rows,
    async stop() {
      await Promise.all([...signers.values()].map((signer) => signer.stop()));
      await service.close();
      await Promise.all([transport.close(), store.close()]);
    },
  };
}

let addresses = 0;

/** An address that has failed at nothing yet. */
export function freshAddress(): string {
  addresses += 1;
  return `10.${(addresses >> 16) & 255}.${(addresses >> 8) & 255}.${addresses & 255}`;
}

function requestOf(method: string, body: unknown, headers: Record<string, string>): RequestInit {
  const from = { 'x-forwarded-for': freshAddress() };
  if (body === undefined) return { method, headers: { ...from, ...headers } };
  return {
    method,
    headers: { ...from, 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  };
}

async function call(url: string, init: RequestInit): Promise<Answer> {
  const response = await fetch(url, { ...init, redirect: 'manual' });
  const text = await response.text();
  const isJson = (response.headers.get('content-type') ?? '').includes('json');
  return {
    status: response.status,
    headers: response.headers,
    body: isJson && text !== '' ? JSON.parse(text) : text || null,
  };
}
