import { createMemoryStore } from '@artdag/key-value';
import { createInProcessTransport, type Transport } from '@artdag/messaging';
import type { Logger, Service } from '@artdag/service-kit';
import { createService, loadConfig, type Config, type Overrides } from './service.ts';

export interface RunningIdentity {
  url: string;
  service: Service;
  transport: Transport;
  get(path: string, headers?: Record<string, string>): Promise<Answer>;
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Answer>;
  /** SQL under the service's role. */
  sql(text: string, params?: unknown[]): Promise<Record<string, unknown>[]>;
  stop(): Promise<void>;
}

export interface Answer {
  status: number;
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

export interface StartIdentityOptions {
  databaseUrl: string;
  /** For the test's own look into that database. */
  tables: TestTables;
  authUrl: string;
  logger: Logger;
  dataDir: string;
  config?: Partial<Config>;
  overrides?: Overrides;
}

export const testPublicUrl = 'https://l2.test';

/** A whole identity service on a real database, with the in-process bus and store; auth is the caller's. */
export async function startIdentity(o: StartIdentityOptions): Promise<RunningIdentity> {
  const { logger } = o;
  const env = {
    ...{ PORT: '0', DATABASE_URL: o.databaseUrl, DATABASE_POOL_MAX: '4', AUTH_URL: o.authUrl },
    ...{ ARTDAG_DOMAIN: 'l2.test', ARTDAG_DATA: o.dataDir, SERVICE_KEY: 's'.repeat(64) },
  };
  const transport = createInProcessTransport({ logger, retryDelaysMs: [50, 50, 50] });
  const store = createMemoryStore();
  const config = { ...loadConfig(env, { embedded: true }), ...o.config };
  const service = createService(config, { logger, transport, store, ...o.overrides });
  const { url } = await service.start();
  return {
    url,
    service,
    transport,
    get: (path, headers = {}) => call(url + path, { headers }),
    post: (path, body, headers = {}) =>
      call(url + path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    sql: async (text, params = []) => (await o.tables.pgStatement({ text, values: params })).rows,
    async stop() {
      await service.close();
      await Promise.all([transport.close(), store.close()]);
    },
  };
}

async function call(url: string, init: RequestInit): Promise<Answer> {
  const response = await fetch(url, init);
  const text = await response.text();
  return { status: response.status, body: text === '' ? null : JSON.parse(text) };
}
