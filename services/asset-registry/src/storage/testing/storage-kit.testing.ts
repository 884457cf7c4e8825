import { createHash, randomBytes } from 'node:crypto';
import { openDatabase, type Database } from '@artdag/database/registry';
import type { Logger } from '@artdag/service-kit';
import { createTestDatabase, makeAssertionKit, quietLogger, startFakeAuth, type TestActor } from '@artdag/testing';
import type supertest from 'supertest';
import type { Overrides } from '../../service.ts';
import { startRegistry, type RunningRegistry } from '../../testing/registry.testing.ts';
import { startProviders, type ProviderStandIns } from './provider-stand-ins.testing.ts';

/** What storage and its providers take for the time; it can be put forward. Keys and assertions go by the real one. */
export const clock = { forwardMs: 0, now: (): Date => new Date(Date.now() + clock.forwardMs) };

const kit = makeAssertionKit('asset-registry');

/** Who asks, as headers; signed when they are sent, as an assertion lives for a minute and a suite may take longer. */
export function as(actor: TestActor = {}): Record<string, string> {
  const scopes = ['read:*', 'assets:create', 'storage:manage'];
  const session = { method: 'bearer', token_use: 'access', sid: 'ses_1' } as const;
  return {
    get 'x-actor-assertion'(): string {
      return kit.actor({ actor_id: 'user:giles', username: 'giles', scopes, ...session, ...actor });
    },
  };
}

export const giles = as();
export const bob = as({ actor_id: 'user:bob', username: 'bob' });
export const sysadmin = as({ actor_id: 'user:root', username: 'root', roles: ['system_admin'] });

export interface StorageKit {
  registry: RunningRegistry;
  providers: ProviderStandIns;
  database: Database;
  databaseUrl: string;
  authUrl: string;
  /** Another replica. */
  start(o?: { env?: Record<string, string>; overrides?: Overrides; logger?: Logger }): Promise<RunningRegistry>;
  /** Adds a provider and gives its id. */
  add(body: object, who?: Record<string, string>): Promise<string>;
  /** A content hash that somebody has registered. */
  registered(): Promise<string>;
  /** As the database's superuser, past row-level security. */
  sql(text: string, values?: unknown[]): Promise<Record<string, unknown>[]>;
  close(): Promise<void>;
}

/** asset-registry on a database of its own, with stand-ins for every provider, which loopback being allowed lets it call. */
export async function startStorageKit(
  o: { env?: Record<string, string>; overrides?: Overrides; logger?: Logger } = {},
): Promise<StorageKit> {
  const [test, auth, providers] = await Promise.all([createTestDatabase(), startFakeAuth(), startProviders(clock.now)]);
  const database = openDatabase({ databaseUrl: test.url, max: 2 });
  const start: StorageKit['start'] = (more = {}) => {
    const env = { ALLOWED_PRIVATE_CIDRS: '127.0.0.0/8', ...o.env, ...more.env };
    const storage = {
      now: clock.now,
      hosts: providers.hosts,
      pollMs: 50,
      ...o.overrides?.storage,
      ...more.overrides?.storage,
    };
    const overrides = { ...o.overrides, ...more.overrides, storage };
    const logger = more.logger ?? o.logger ?? quietLogger();
    return startRegistry({ databaseUrl: test.url, tables: database, authUrl: auth.url, logger, env, overrides });
  };
  const registry = await start();
  return {
    ...{ registry, providers, database, databaseUrl: test.url, authUrl: auth.url, start },
    async add(body, who = giles) {
      const answer: supertest.Response = await registry.post('/storage', body, who);
      if (answer.status !== 201) throw new Error(`POST /storage answered ${answer.status}: ${answer.text}`);
      return String(answer.body.id);
    },
    async registered() {
      const hash = newHash();
      await database.pool.query('INSERT INTO content_owners (content_hash, owner_actor_id) VALUES ($1, $2)', [
        hash,
        'user:giles',
      ]);
      return hash;
    },
    async sql(text, values = []) {
      const { rows } = await database.pgStatement<Record<string, unknown>>({ text, values }, { system: true });
      return rows;
    },
    async close() {
      await registry.stop();
      await Promise.all([database.close(), auth.close(), providers.close()]);
      await test.drop();
    },
  };
}

export function newHash(): string {
  return createHash('sha3-256').update(randomBytes(16)).digest('hex');
}

/** A CID that nobody has: version 0, of random bytes. */
export function newCid(): string {
  const alphabet = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
  return `Qm${[...randomBytes(44)].map((byte) => alphabet[byte % 58]).join('')}`;
}
