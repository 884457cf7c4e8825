import { createPrivateKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase, type Database } from '@artdag/database/identity';
import { createMemoryStore, type KeyValueStore } from '@artdag/key-value';
import { fingerprintOf, rawPublicKey } from '@artdag/msign';
import type { Logger } from '@artdag/service-kit';
import {
  createTestDatabase,
  makeAssertionKit,
  quietLogger,
  startFakeAuth,
  type FakeAuth,
  type TestActor,
} from '@artdag/testing';
import { startIdentity, type Answer, type RunningIdentity } from '../start-identity.testing.ts';

/** A client's pair. */
export interface TestKey {
  privateKey: KeyObject;
  publicKeyB64: string;
  fingerprint: string;
}

export function newKey(): TestKey {
  return testKeyOf(generateKeyPairSync('ed25519').privateKey);
}

export function testKeyOf(privateKey: KeyObject): TestKey {
  const raw = rawPublicKey(privateKey);
  return { privateKey, publicKeyB64: raw.toString('base64'), fingerprint: fingerprintOf(raw) };
}

/** RFC 8032 test key 1 (vectors.md). */
export function vectorKey(): TestKey {
  const seed = Buffer.from('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60', 'hex');
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]);
  return testKeyOf(createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }));
}

export interface KeyWorld {
  auth: FakeAuth;
  store: KeyValueStore;
  /** Moves the service's clock. */
  clock: { ms: number };
  /** Two replicas on one database and one store. */
  replicas: [RunningIdentity, RunningIdentity];
  sql: RunningIdentity['sql'];
  /** SQL under the tables' owner, such as a constraint that makes the database refuse. */
  admin(text: string): Promise<void>;
  /** Sends JSON; `from` is the address it comes from. */
  call(method: string, path: string, o?: CallOptions): Promise<Answer & { headers: Headers }>;
  /** A fresh challenge's token. */
  challenge(key: TestKey, o?: CallOptions): Promise<string>;
  /** A challenge and its answer by `key`. */
  proof(key: TestKey, o?: CallOptions): Promise<Record<string, unknown>>;
  /** Challenge and verify. */
  signIn(key: TestKey, body?: object, o?: CallOptions): ReturnType<KeyWorld['call']>;
  stop(): Promise<void>;
}

export interface CallOptions {
  body?: unknown;
  as?: TestActor;
  service?: string;
  from?: string;
  replica?: 0 | 1;
}

/** The answer to a challenge. */
export function answerTo(token: string, key: TestKey): Record<string, unknown> {
  const signature_b64 = sign(null, Buffer.from(token, 'hex'), key.privateKey).toString('base64');
  return { challenge_token: token, public_key_b64: key.publicKeyB64, signature_b64 };
}

/** Two replicas of identity with everything real but auth. */
export async function startKeyWorld(o: { logger?: Logger; store?: KeyValueStore } = {}): Promise<KeyWorld> {
  const database = await createTestDatabase();
  const tables: Database = openDatabase({ databaseUrl: database.url, max: 2 });
  const auth = await startFakeAuth();
  const dataDir = mkdtempSync(join(tmpdir(), 'artdag-identity-'));
  const clock = { ms: 0 };
  const now = (): Date => new Date(Date.now() + clock.ms);
  const store = o.store ?? createMemoryStore({ now: () => now().getTime() });
  const common = { databaseUrl: database.url, tables, authUrl: auth.url, logger: o.logger ?? quietLogger(), dataDir };
  const config = { trustedProxies: ['127.0.0.1/32'] };
  const start = (): Promise<RunningIdentity> => startIdentity({ ...common, config, overrides: { now, store } });
  const replicas: [RunningIdentity, RunningIdentity] = [await start(), await start()];
  const kit = makeAssertionKit('identity', { now });
  const { sql } = replicas[0];

  const call: KeyWorld['call'] = async (method, path, { body, as, service, from = '192.0.2.1', replica = 0 } = {}) => {
    const headers: Record<string, string> = { 'content-type': 'application/json', 'x-forwarded-for': from };
    if (as !== undefined) headers['x-actor-assertion'] = kit.actor(as);
    if (service !== undefined) headers['x-actor-assertion'] = kit.service(service);
    const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
    const response = await fetch(replicas[replica].url + path, init);
    const text = await response.text();
    return { status: response.status, body: text === '' ? null : JSON.parse(text), headers: response.headers };
  };
  const challenge: KeyWorld['challenge'] = async (key, options = {}) => {
    const body = { fingerprint: key.fingerprint, algorithm: 'ed25519' };
    return String((await call('POST', '/api/auth/challenge', { ...options, body })).body.challenge_token);
  };
  const proof: KeyWorld['proof'] = async (key, options) => answerTo(await challenge(key, options), key);
  return {
    ...{ auth, store, clock, replicas, sql, call, challenge, proof },
    async admin(text) {
      await tables.pool.query(`SET ROLE NONE; ${text}; SET ROLE identity_svc`);
    },
    async signIn(key, body = {}, options = {}) {
      const whole = { ...(await proof(key, options)), ...body };
      return await call('POST', '/api/auth/verify', { ...options, body: whole });
    },
    async stop() {
      await Promise.all(replicas.map((replica) => replica.stop()));
      await store.close();
      await auth.close();
      await tables.close();
      await database.drop();
      rmSync(dataDir, { recursive: true });
    },
  };
}

/** An assertion as the gateway makes it for a request that `key_id` signed. */
export function signedBy(signedIn: { actor_id: string; handle: string; key: { key_id: string } }): TestActor {
  const { actor_id, handle: username, key } = signedIn;
  return { actor_id, username, method: 'msign', token_use: 'msign', jti: key.key_id };
}
