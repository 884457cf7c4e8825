import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { verify } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openDatabase, type Database } from '@artdag/database/identity';
import {
  collectLogs,
  createTestDatabase,
  makeAssertionKit,
  quietLogger,
  startFakeAuth,
  type FakeAuth,
  type TestDatabase,
} from '@artdag/testing';
import { startIdentity, testPublicUrl, type Answer, type RunningIdentity } from '../start-identity.testing.ts';

let database: TestDatabase;
let tables: Database;
let auth: FakeAuth;
let identity: RunningIdentity;
let now = new Date();
const dataDir = mkdtempSync(join(tmpdir(), 'artdag-identity-'));
const kit = makeAssertionKit('identity', { now: () => now });
const logs = collectLogs();

beforeAll(async () => {
  database = await createTestDatabase();
  tables = openDatabase({ databaseUrl: database.url, max: 1 });
  auth = await startFakeAuth();
  identity = await startIdentity({
    ...{ databaseUrl: database.url, tables, authUrl: auth.url, logger: logs.logger, dataDir },
    overrides: { now: () => now },
  });
  for (const name of ['giles', 'anya', 'xander', 'willow', 'tara', 'spike']) addActor(name);
});
afterAll(async () => {
  await identity?.stop();
  await auth?.close();
  await tables?.close();
  await database?.drop();
  rmSync(dataDir, { recursive: true, force: true });
});

function addActor(name: string, status = 'active'): void {
  auth.actors.set(`user:${name}`, { actor_id: `user:${name}`, username: name, status });
}

const data = (text: string): string => Buffer.from(text).toString('base64');

function item(name: string, text: string, key: 'rsa' | 'ed25519' = 'ed25519') {
  const fragment = key === 'rsa' ? 'main-key' : 'ed25519-key';
  return { actor_id: `user:${name}`, key, key_id: `${testPublicUrl}/users/${name}#${fragment}`, data: data(text) };
}

async function sign(items: unknown, service = 'asset-registry'): Promise<Answer> {
  return await identity.post('/internal/sign', { items }, { 'x-actor-assertion': kit.service(service) });
}

async function publicKeyOf(keyId: string): Promise<string> {
  const [row] = await identity.sql('SELECT public_key FROM identity.actor_keys WHERE key_id = $1', [keyId]);
  return String(row?.['public_key']);
}

describe('POST /internal/sign', () => {
  it('signs with both kinds, making the missing pairs first, and the signatures verify by the stored public keys', async () => {
    const { status, body } = await sign([item('giles', 'a claim'), item('giles', 'a request', 'rsa')]);
    expect(status).toBe(200);
    const [claim, request] = body.signatures;
    expect(claim).toMatchObject({ key_id: `${testPublicUrl}/users/giles#ed25519-key`, alg: 'ed25519' });
    expect(request).toMatchObject({ key_id: `${testPublicUrl}/users/giles#main-key`, alg: 'rsa-v1_5-sha256' });
    const bytes = (text: string) => Buffer.from(text, 'base64');
    const ed25519 = await publicKeyOf(claim.key_id);
    expect(verify(null, Buffer.from('a claim'), ed25519, bytes(claim.signature))).toBe(true);
    const rsa = await publicKeyOf(request.key_id);
    expect(verify('sha256', Buffer.from('a request'), rsa, bytes(request.signature))).toBe(true);
  });

  it('makes the Ed25519 pair alone for a claim: it does not wait for an RSA pair', async () => {
    await sign([item('anya', 'x')]);
    const rows = await identity.sql(`SELECT kind, status FROM identity.actor_keys WHERE actor_id = 'user:anya'`);
    expect(rows).toEqual([{ kind: 'ed25519', status: 'primary' }]);
    const [set] = await identity.sql(`SELECT username, version FROM identity.key_sets WHERE actor_id = 'user:anya'`);
    expect(set).toEqual({ username: 'anya', version: 1 });
  });

  it('answers 100 items in their order and refuses 101, 0 and none', async () => {
    const items = Array.from({ length: 100 }, (_, i) => item(i % 2 === 0 ? 'giles' : 'anya', `text ${i}`));
    const { status, body } = await sign(items);
    expect(status).toBe(200);
    const keys = await Promise.all([0, 1].map((i) => publicKeyOf(body.signatures[i].key_id)));
    const right = body.signatures.map(({ signature }: { signature: string }, i: number) =>
      verify(null, Buffer.from(`text ${i}`), keys[i % 2] ?? '', Buffer.from(signature, 'base64')),
    );
    expect(right).toEqual(Array.from({ length: 100 }, () => true));
    for (const wrong of [[...items, item('giles', 'one more')], [], undefined, {}, 'x']) {
      const answer = await sign(wrong);
      expect([answer.status, answer.body.code]).toEqual([422, 'validation_error']);
    }
  });

  it('says in an item’s place why it was not signed, and signs the others', async () => {
    addActor('angel', 'disabled');
    addActor('buffy', 'deleted');
    const stale = { ...item('giles', 'x'), key_id: `${testPublicUrl}/users/giles#ed25519-key-0` };
    const items = [item('nobody', 'x'), item('angel', 'x'), item('giles', 'x'), stale, item('buffy', 'x')];
    const { status, body } = await sign(items);
    expect(status).toBe(200);
    expect(body.signatures).toEqual([
      { error: expect.objectContaining({ status: 404, code: 'unknown_actor' }) },
      { error: expect.objectContaining({ status: 403, code: 'actor_disabled' }) },
      { key_id: `${testPublicUrl}/users/giles#ed25519-key`, alg: 'ed25519', signature: expect.any(String) },
      {
        error: {
          status: 409,
          code: 'key_changed',
          key_id: `${testPublicUrl}/users/giles#ed25519-key`,
          detail: expect.any(String),
        },
      },
      { error: expect.objectContaining({ status: 403, code: 'actor_disabled' }) },
    ]);
    expect(await identity.sql(`SELECT 1 FROM identity.actor_keys WHERE actor_id = 'user:angel'`)).toEqual([]);
  });

  it.each([
    ['no actor', { actor_id: undefined }],
    ['an unknown kind', { key: 'ecdsa' }],
    ['a kind of the prototype', { key: 'constructor' }],
    ['bytes that are not base64', { data: 'not base64!' }],
    ['a number as data', { data: 7 }],
    ['more data than any text to sign', { data: 'A'.repeat(20_000) }],
    ['an endless key id', { key_id: 'x'.repeat(600) }],
  ])('refuses an item with %s', async (_what, change) => {
    const { status } = await sign([{ ...item('giles', 'x'), ...change }]);
    expect(status).toBe(422);
  });

  it('takes hostile names for what they are: nobody’s', async () => {
    const ids = ['user:../../etc/passwd', "user:x'; DROP TABLE actor_keys;--", 'user:%00', '__proto__', 'user:a/b?c'];
    const { body } = await sign(ids.map((actor_id) => ({ ...item('giles', 'x'), actor_id })));
    const codes = body.signatures.map(({ error }: { error: { code: string } }) => error.code);
    expect(codes).toEqual(ids.map(() => 'unknown_actor'));
  });

  it('is for the services that sign, speaking for themselves', async () => {
    for (const service of ['asset-registry', 'federation', 'l1-bridge']) {
      expect((await sign([item('giles', 'x')], service)).status).toBe(200);
    }
    for (const service of ['gateway', 'web', 'auth', 'identity']) {
      expect((await sign([item('giles', 'x')], service)).status).toBe(403);
    }
    const body = { items: [item('giles', 'x')] };
    expect((await identity.post('/internal/sign', body)).status).toBe(401);
    const asActor = { 'x-actor-assertion': kit.actor({ actor_id: 'user:giles', roles: ['system_admin'] }) };
    expect((await identity.post('/internal/sign', body, asActor)).status).toBe(403);
    const elsewhere = { 'x-actor-assertion': makeAssertionKit('auth', { now: () => now }).service('asset-registry') };
    expect((await identity.post('/internal/sign', body, elsewhere)).status).toBe(401);
    for (const [what, forged] of kit.forgeries({
      actor_id: 'service:asset-registry',
      actor_type: 'service',
      method: 'service',
    })) {
      const answer = await identity.post('/internal/sign', body, { 'x-actor-assertion': forged });
      expect([what, [401, 403].includes(answer.status)]).toEqual([what, true]);
    }
  });

  it('needs neither auth nor the database for an actor whose key it holds, for up to a minute', async () => {
    await sign([item('xander', 'x')]);
    auth.down = true;
    await identity.sql(`UPDATE identity.actor_keys SET status = 'retired' WHERE actor_id = 'user:xander'`);
    now = new Date(now.getTime() + 59_000);
    const { body } = await sign([item('xander', 'x')]);
    expect(body.signatures[0]).toHaveProperty('signature');
    await identity.sql(`UPDATE identity.actor_keys SET status = 'primary' WHERE actor_id = 'user:xander'`);
    now = new Date(now.getTime() + 2_000);
    const late = await sign([item('xander', 'x')]);
    expect(late.body.signatures[0].error).toMatchObject({ status: 503, code: 'dependency_unavailable' });
    auth.down = false;
  });

  it('refuses a disabled actor within a minute', async () => {
    await sign([item('willow', 'x')]);
    addActor('willow', 'disabled');
    now = new Date(now.getTime() + 61_000);
    expect((await sign([item('willow', 'x')])).body.signatures[0].error.code).toBe('actor_disabled');
  });

  it('signs for many new actors at once with one pair each', async () => {
    const names = Array.from({ length: 20 }, (_, i) => `scooby${i}`);
    for (const name of names) addActor(name);
    const batch = names.flatMap((name) => [item(name, 'x'), item(name, 'y')]);
    const answers = await Promise.all([sign(batch), sign(batch), sign(batch)]);
    for (const { body } of answers) {
      expect(body.signatures.filter((result: object) => 'signature' in result)).toHaveLength(40);
    }
    // Ed25519 is deterministic: the same signature means the same key.
    expect(new Set(answers.map(({ body }) => JSON.stringify(body.signatures))).size).toBe(1);
  });

  it('says 503 for that item when its private key is gone, and makes no other', async () => {
    await sign([item('tara', 'x')]);
    rmSync(join(dataDir, 'keys', 'tara.ed25519.pem'));
    const second = await startIdentity({
      ...{ databaseUrl: database.url, tables, authUrl: auth.url, logger: quietLogger(), dataDir },
      overrides: { now: () => now },
    });
    try {
      const assertion = { 'x-actor-assertion': kit.service('federation') };
      const { body } = await second.post(
        '/internal/sign',
        { items: [item('tara', 'x'), item('giles', 'x')] },
        assertion,
      );
      expect(body.signatures[0].error).toMatchObject({ status: 503, code: 'actor_key_unavailable' });
      expect(body.signatures[1]).toHaveProperty('signature');
    } finally {
      await second.stop();
    }
    expect(await identity.sql(`SELECT kind FROM identity.actor_keys WHERE actor_id = 'user:tara'`)).toHaveLength(1);
  });

  it('logs no private key and no bytes that it signed', () => {
    expect(logs.text()).not.toMatch(/PRIVATE KEY|a claim|a request/);
    expect(logs.text()).not.toContain(data('a claim'));
  });
});

describe('GET /internal/identity/actor-keys/{actor_id}', () => {
  const keysOf = (id: string, service = 'federation', query = ''): Promise<Answer> =>
    identity.get(`/internal/identity/actor-keys/${id}${query}`, { 'x-actor-assertion': kit.service(service) });

  it('gives all public keys, making both pairs first', async () => {
    const { status, body } = await keysOf('user:spike');
    expect(status).toBe(200);
    expect(body).toEqual({
      actor_id: 'user:spike',
      username: 'spike',
      version: 1,
      keys: [
        {
          key_id: `${testPublicUrl}/users/spike#ed25519-key`,
          kind: 'ed25519',
          status: 'primary',
          public_key_pem: expect.stringMatching(/^-----BEGIN PUBLIC KEY-----\n/),
          public_key_multibase: expect.stringMatching(/^z6Mk/),
        },
        {
          key_id: `${testPublicUrl}/users/spike#main-key`,
          kind: 'rsa',
          status: 'primary',
          public_key_pem: expect.stringMatching(/^-----BEGIN PUBLIC KEY-----\n/),
        },
      ],
    });
    expect((await keysOf('user:spike')).body).toEqual(body);
  });

  it('waits for one kind only when asked for one', async () => {
    addActor('ozzy');
    const { body } = await keysOf('user:ozzy', 'asset-registry', '?kind=ed25519');
    expect(body.keys.map(({ kind }: { kind: string }) => kind)).toEqual(['ed25519']);
    expect((await keysOf('user:ozzy', 'asset-registry', '?kind=none')).status).toBe(422);
  });

  it('answers 404 for an unknown actor, 403 to a service without business, 503 while auth is away', async () => {
    const unknown = await keysOf('user:nobody');
    expect([unknown.status, unknown.body.code]).toEqual([404, 'actor_not_found']);
    expect((await keysOf('user:spike', 'web')).status).toBe(403);
    auth.down = true;
    const away = await keysOf('user:stranger');
    expect([away.status, away.body.code]).toEqual([503, 'dependency_unavailable']);
    expect((await keysOf('user:spike')).status).toBe(200);
    auth.down = false;
  });

  it('keeps showing the keys of a disabled actor, whose claims stay, and makes none for one without', async () => {
    addActor('spike', 'disabled');
    addActor('glory', 'disabled');
    now = new Date(now.getTime() + 61_000);
    expect((await keysOf('user:spike')).body.keys).toHaveLength(2);
    expect((await keysOf('user:glory')).body).toEqual({
      actor_id: 'user:glory',
      username: 'glory',
      version: 0,
      keys: [],
    });
  });
});
