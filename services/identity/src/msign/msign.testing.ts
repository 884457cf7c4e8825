import { createHash, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '@artdag/database/identity';
import { createMemoryStore, type KeyValueStore } from '@artdag/key-value';
import { emptyBodyDigest, fingerprintOf, legacyText, rawPublicKey, signedText } from '@artdag/msign';
import { createTestDatabase, makeAssertionKit, quietLogger, startFakeAuth, type FakeAuth } from '@artdag/testing';
import { newId, type Logger } from '@artdag/service-kit';
import type { Config } from '../config.ts';
import { startIdentity, type Answer, type RunningIdentity } from '../start-identity.testing.ts';

/** Somebody's key, both halves. */
export interface TestKey {
  id: string;
  fingerprint: string;
  privateKey: KeyObject;
}

/** A request of the wire, as the gateway sends it. */
export interface WireRequest {
  handle: string;
  kid?: string;
  names_algorithm: boolean;
  ts: number;
  signature: string;
  method: string;
  host: string;
  target: string;
  body_sha256: string;
}

export interface Clock {
  now: Date;
}

/** A database and an auth, and as many replicas of identity on them as a test wants. */
export interface MSignWorld {
  auth: FakeAuth;
  databaseUrl: string;
  /** What all replicas share. */
  store: KeyValueStore;
  replica(o?: {
    config?: Partial<Config>;
    store?: KeyValueStore;
    databaseUrl?: string;
    logger?: Logger;
  }): Promise<RunningIdentity>;
  verify(on: RunningIdentity, requests: unknown, service?: string): Promise<Answer>;
  /** The results alone. */
  results(on: RunningIdentity, ...requests: WireRequest[]): Promise<Answer['body'][]>;
  sql(text: string, params?: unknown[]): Promise<Record<string, unknown>[]>;
  /** A human with an identity; its actor is `user:<handle>`. */
  addHuman(handle: string, actor?: object): Promise<void>;
  /** An agent with an identity; its actor is `agent:<handle>`. */
  addAgent(handle: string, ownerActorId: string, expiresAt: Date): Promise<void>;
  addKey(handle: string, o?: { privateKey?: KeyObject; createdAt?: Date; expiresAt?: Date }): Promise<TestKey>;
  revoke(key: TestKey, at?: Date): Promise<void>;
  close(): Promise<void>;
}

export async function startWorld(clock: Clock): Promise<MSignWorld> {
  const database = await createTestDatabase();
  const tables = openDatabase({ databaseUrl: database.url, max: 1 });
  const auth = await startFakeAuth();
  const store = createMemoryStore();
  const kit = makeAssertionKit('identity', { now: () => clock.now });
  const dataDir = mkdtempSync(join(tmpdir(), 'artdag-identity-'));
  const replicas: RunningIdentity[] = [];
  const sql: MSignWorld['sql'] = async (text, values = []) => (await tables.pgStatement({ text, values })).rows;

  const world: MSignWorld = {
    ...{ auth, databaseUrl: database.url, store, sql, ...rows(sql, auth, clock) },
    async replica({ config, logger = quietLogger(), ...o } = {}) {
      const identity = await startIdentity({
        ...{ databaseUrl: o.databaseUrl ?? database.url, tables, authUrl: auth.url, logger, dataDir },
        ...(config === undefined ? {} : { config }),
        overrides: { now: () => clock.now, store: o.store ?? store },
      });
      replicas.push(identity);
      return identity;
    },
    verify: (on, requests, service = 'gateway') =>
      on.post('/internal/identity/msign/verify', { requests }, { 'x-actor-assertion': kit.service(service) }),
    async results(on, ...requests) {
      const { status, body } = await world.verify(on, requests);
      if (status !== 200) throw new Error(`answered ${status} ${JSON.stringify(body)}`);
      return body.results;
    },
    async close() {
      await Promise.all(replicas.map((identity) => identity.stop()));
      await Promise.all([auth.close(), tables.close(), store.close()]);
      await database.drop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
  return world;
}

/** Rows as the other parts of identity write them. */
function rows(sql: MSignWorld['sql'], auth: FakeAuth, clock: Clock) {
  return {
    async addHuman(handle: string, actor: object = {}): Promise<void> {
      const actor_id = `user:${handle}`;
      auth.actors.set(actor_id, { actor_id, actor_type: 'human', username: handle, status: 'active', ...actor });
      await sql(
        `INSERT INTO identities (id, actor_id, handle, identity_type, display_name) VALUES ($1, $2, $3, 'human', $3)`,
        [newId('idn'), actor_id, handle],
      );
    },
    async addAgent(handle: string, ownerActorId: string, expiresAt: Date): Promise<void> {
      const actor_id = `agent:${handle}`;
      const actor = { actor_id, actor_type: 'agent', username: handle, status: 'active', roles: ['agent'] };
      auth.actors.set(actor_id, actor);
      await sql(
        `INSERT INTO identities (id, actor_id, handle, identity_type, display_name, spawned_by, expires_at, agent_capabilities)
         VALUES ($1, $2, $3, 'agent', $3, $4, $5, '{read:*,assets:create}')`,
        [newId('idn'), actor_id, handle, ownerActorId, expiresAt],
      );
    },
    async addKey(handle: string, o: Parameters<MSignWorld['addKey']>[1] = {}): Promise<TestKey> {
      const privateKey = o.privateKey ?? generateKeyPairSync('ed25519').privateKey;
      const raw = rawPublicKey(privateKey);
      const key = { id: newId('key'), fingerprint: fingerprintOf(raw), privateKey };
      await sql(
        `INSERT INTO auth_keys (id, identity_id, fingerprint, algorithm, public_key, created_at, expires_at)
         SELECT $1, id, $2, 'ed25519', $3, $4, $5 FROM identities WHERE handle = $6`,
        [key.id, key.fingerprint, raw, o.createdAt ?? clock.now, o.expiresAt ?? null, handle],
      );
      return key;
    },
    async revoke(key: TestKey, at = clock.now): Promise<void> {
      await sql(`UPDATE auth_keys SET revoked_at = $2, revoke_reason = 'revoked' WHERE id = $1`, [key.id, at]);
    },
  };
}

export interface WhatIsSigned {
  handle: string;
  key: TestKey;
  ts: number;
  method?: string;
  target?: string;
  body?: string;
  /** Names the key. */
  kid?: string;
  /** Signs the original's text. */
  legacy?: boolean;
  names_algorithm?: boolean;
}

/** A signed request to `l2.test`; by default a GET of `/auth/me`. */
export function signedRequest(o: WhatIsSigned): WireRequest {
  const { method = 'GET', target = '/auth/me', ts } = o;
  const bodySha256 = o.body === undefined ? emptyBodyDigest : createHash('sha256').update(o.body).digest('hex');
  const host = 'l2.test';
  const text = (o.legacy === true ? legacyText : signedText)({ method, host, target, ts, bodySha256 });
  return {
    ...{ handle: o.handle, names_algorithm: o.names_algorithm ?? false, ts, method, host, target },
    ...(o.kid === undefined ? {} : { kid: o.kid }),
    body_sha256: bodySha256,
    signature: sign(null, Buffer.from(text), o.key.privateKey).toString('base64url'),
  };
}
