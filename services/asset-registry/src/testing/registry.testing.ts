import { randomBytes } from 'node:crypto';
import { createMemoryStore, type KeyValueStore } from '@artdag/key-value';
import { createInProcessTransport, type Transport } from '@artdag/messaging';
import type { Logger } from '@artdag/service-kit';
import type { Pool, QueryConfig, QueryResult, QueryResultRow } from 'pg';
import supertest from 'supertest';
import { createService, loadConfig, type Overrides } from '../service.ts';
import { startIdentityStandIn, type IdentityStandIn } from './identity-stand-in.testing.ts';

export const publicUrl = 'https://l2.example.com';

/** What tests need of `openDatabase`, which they call themselves. */
export interface Tables {
  pool: Pool;
  pgStatement<R extends QueryResultRow>(
    statement: QueryConfig,
    who?: { actorId?: string; system?: boolean },
  ): Promise<QueryResult<R>>;
}

export interface Surroundings {
  databaseUrl: string;
  tables: Tables;
  authUrl: string;
  logger: Logger;
  overrides?: Overrides;
  /** Default: one of its own. */
  identity?: IdentityStandIn;
  env?: Record<string, string>;
}

export interface RunningRegistry {
  url: string;
  identity: IdentityStandIn;
  /** The service's own role on its own schema. */
  tables: Tables;
  transport: Transport;
  store: KeyValueStore;
  get(path: string, headers?: Record<string, string>): supertest.Test;
  post(path: string, body: unknown, headers?: Record<string, string>): supertest.Test;
  patch(path: string, body: unknown, headers?: Record<string, string>): supertest.Test;
  delete(path: string, headers?: Record<string, string>): supertest.Test;
  stop(): Promise<void>;
}

/** The whole service on a free port, with an identity that signs for real; no broker, no Redis. */
export async function startRegistry(o: Surroundings): Promise<RunningRegistry> {
  const { logger } = o;
  const identity = o.identity ?? (await startIdentityStandIn({ authUrl: o.authUrl, publicUrl, logger }));
  const store = o.overrides?.store ?? createMemoryStore();
  const transport = o.overrides?.transport ?? createInProcessTransport({ logger });
  const env = {
    PORT: '0',
    DATABASE_URL: o.databaseUrl,
    AUTH_URL: o.authUrl,
    IDENTITY_URL: identity.url,
    ARTDAG_DOMAIN: 'l2.example.com',
    SERVICE_KEY: '00'.repeat(32),
    DATA_ENCRYPTION_KEY: '11'.repeat(32),
    OTS_CALENDARS: 'none',
    DATABASE_POOL_MAX: '5',
    ...o.env,
  };
  // Longer than a busy machine stands still.
  const signingTimeoutMs = 10_000;
  const own = { logger, store, transport, signingTimeoutMs };
  const service = createService(loadConfig(env, { embedded: true }), { ...own, ...o.overrides });
  const { url } = await service.start();
  return {
    url,
    identity,
    tables: o.tables,
    transport,
    store,
    get: (path, headers = {}) => supertest(url).get(path).set(headers),
    post: (path, body, headers = {}) => withBody(supertest(url).post(path), body, headers),
    patch: (path, body, headers = {}) => withBody(supertest(url).patch(path), body, headers),
    delete: (path, headers = {}) => supertest(url).delete(path).set(headers),
    async stop() {
      await service.close();
      if (o.identity === undefined) await identity.close();
      if (o.overrides?.transport === undefined) await transport.close();
      if (o.overrides?.store === undefined) await store.close();
    },
  };
}

function withBody(test: supertest.Test, body: unknown, headers: Record<string, string>): supertest.Test {
  return test
    .set({ 'content-type': 'application/json', ...headers })
    .send(typeof body === 'string' ? body : JSON.stringify(body));
}

/** What `GET /assets/{name}` says besides of an asset that no run has to do with. */
export const noLinks = { made_from: [], made_from_next: null, used_in: [], used_in_next: null };

let serial = 0;

/** A body that `POST /assets` takes, with a name and a content of its own. */
export function newBody(
  change: Record<string, unknown> = {},
): Record<string, unknown> & { name: string; content_hash: string } {
  serial += 1;
  const content_hash = randomBytes(32).toString('hex');
  return { name: `asset-${serial}`, content_hash, asset_type: 'video', tags: ['art'], ...change };
}

const counted = `
SELECT (SELECT count(*) FROM assets)::int AS assets, (SELECT count(*) FROM content_owners)::int AS owners,
  (SELECT count(*) FROM activities)::int AS activities, (SELECT count(*) FROM log_salts)::int AS salts,
  (SELECT (SELECT count(*) FROM log_pending) + (SELECT count(*) FROM log_entries))::int AS leaves,
  (SELECT count(*) FROM outbox)::int AS events, (SELECT count(*) FROM idempotency_keys)::int AS answers`;

export interface Counts {
  assets: number;
  owners: number;
  activities: number;
  salts: number;
  leaves: number;
  events: number;
  answers: number;
}

/** How many rows each of a registration's tables has. */
export async function countRows(tables: Tables): Promise<Counts> {
  const { rows } = await tables.pgStatement<Counts & Record<string, unknown>>({ text: counted }, { system: true });
  const [row] = rows;
  if (row === undefined) throw new Error('no counts');
  return { ...row };
}
