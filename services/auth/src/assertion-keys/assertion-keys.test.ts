import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { serviceKey, signServiceRequest } from '@artdag/actor-context';
import { openDatabase, type Database } from '@artdag/database/auth';
import { createTestDatabase, quietLogger, type TestDatabase } from '@artdag/testing';
import { calculateJwkThumbprint, type JWK } from 'jose';
import { startAuth, testSecrets, type Answer, type RunningAuth } from '../start-auth.testing.ts';

let database: TestDatabase;
let tables: Database;
let auth: RunningAuth;
let now = new Date('2026-11-21T12:00:00Z');

beforeAll(async () => {
  database = await createTestDatabase();
  tables = openDatabase({ databaseUrl: database.url, max: 1 });
  auth = await startAuth({ databaseUrl: database.url, tables, logger: quietLogger(), overrides: { now: () => now } });
});
afterAll(async () => {
  await auth?.stop();
  await tables?.close();
  await database?.drop();
});

const path = '/internal/auth/assertion-keys';

async function makeKey(bits = 2048): Promise<{ kid: string; jwk: JWK; privateJwk: JWK }> {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: bits });
  const jwk = publicKey.export({ format: 'jwk' }) as JWK;
  return { kid: await calculateJwkThumbprint(jwk), jwk, privateJwk: privateKey.export({ format: 'jwk' }) };
}

interface Attempt {
  service?: string;
  secret?: string;
  at?: Date;
  /** What is sent instead of what was signed. */
  sent?: string;
  path?: string;
}

async function register(body: object, o: Attempt = {}): Promise<Answer> {
  const service = o.service ?? 'identity';
  const text = JSON.stringify(body);
  const authorization = signServiceRequest({
    ...{ service, serviceKey: serviceKey(o.secret ?? testSecrets.internal, service), now: o.at ?? now },
    ...{ method: 'POST', path: o.path ?? path, body: text },
  });
  return await auth.post(path, o.sent ?? text, { authorization });
}

describe('POST /internal/auth/assertion-keys', () => {
  it('publishes a key for a day under the service that registered it, and apart from the token keys', async () => {
    const { kid, jwk } = await makeKey();
    const { status, body } = await register({ service: 'identity', kid, jwk });
    expect(status).toBe(201);
    expect(body).toEqual({ kid, service: 'identity', not_after: '2026-11-22T12:00:00.000Z' });
    const { keys } = (await auth.get('/internal/auth/jwks')).body;
    expect(keys).toContainEqual({
      kty: 'RSA',
      n: jwk.n,
      e: jwk.e,
      kid,
      service: 'identity',
      not_after: body.not_after,
    });
    const tokenKeys = (await auth.get('/.well-known/jwks.json')).body.keys;
    expect(tokenKeys.map((key: JWK) => key.kid)).not.toContain(kid);
  });

  it('extends the life of a key that comes again, and drops it when it has ended', async () => {
    const { kid, jwk } = await makeKey();
    const listed = async () => (await auth.get('/internal/auth/jwks')).body.keys.some((key: JWK) => key.kid === kid);
    await register({ service: 'identity', kid, jwk });
    now = new Date('2026-11-22T11:00:00Z');
    expect((await register({ service: 'identity', kid, jwk })).body.not_after).toBe('2026-11-23T11:00:00.000Z');
    expect(await auth.sql('SELECT 1 AS one FROM auth.signing_keys WHERE kid = $1', [kid])).toHaveLength(1);
    now = new Date('2026-11-23T11:00:01Z');
    expect(await listed()).toBe(false);
    now = new Date('2026-11-25T12:00:00Z');
    const other = await makeKey();
    await register({ service: 'web', kid: other.kid, jwk: other.jwk }, { service: 'web' });
    expect(await auth.sql('SELECT 1 FROM auth.signing_keys WHERE kid = $1', [kid])).toEqual([]);
  });

  it('refuses registrations without the service key, or whose key signed something else', async () => {
    const { kid, jwk } = await makeKey();
    const body = { service: 'gateway', kid, jwk };
    const evil = JSON.stringify({ ...body, kid: 'evil' });
    const attempts: [string, Promise<Answer>][] = [
      ['another secret', register(body, { service: 'gateway', secret: 'x'.repeat(64) })],
      ['a stale stamp', register(body, { service: 'gateway', at: new Date(now.getTime() - 61_000) })],
      ['a stamp from the future', register(body, { service: 'gateway', at: new Date(now.getTime() + 61_000) })],
      ['another body', register(body, { service: 'gateway', sent: evil })],
      ['another path', register(body, { service: 'gateway', path: '/internal/auth/introspect' })],
      ['no Authorization', auth.post(path, body)],
      ['a Bearer token', auth.post(path, body, { authorization: 'Bearer x' })],
    ];
    for (const [what, attempt] of attempts) expect([what, (await attempt).status]).toEqual([what, 401]);
    const impostor = await register(body, { service: 'identity' });
    expect([impostor.status, impostor.body.code]).toEqual([403, 'forbidden']);
    expect(await auth.sql('SELECT 1 FROM auth.signing_keys WHERE kid = $1', [kid])).toEqual([]);
  });

  it('does not let one service take over another’s key, nor the key ring’s', async () => {
    const { kid, jwk } = await makeKey();
    await register({ service: 'gateway', kid, jwk }, { service: 'gateway' });
    const stolen = await register({ service: 'web', kid, jwk }, { service: 'web' });
    expect([stolen.status, stolen.body.code]).toEqual([409, 'kid_taken']);
    const [ring] = (await auth.get('/.well-known/jwks.json')).body.keys;
    const asOurs = { service: 'web', kid: ring.kid, jwk: { kty: 'RSA', n: ring.n, e: ring.e } };
    expect((await register(asOurs, { service: 'web' })).status).toBe(409);
  });

  it('refuses keys that are no fit RSA public keys', async () => {
    const good = await makeKey();
    const small = await makeKey(1024);
    const bodies: [string, object][] = [
      ['a private key', { service: 'identity', kid: good.kid, jwk: good.privateJwk }],
      ['another kid', { service: 'identity', kid: small.kid, jwk: good.jwk }],
      ['1024 bits', { service: 'identity', kid: small.kid, jwk: small.jwk }],
      ['an EC key', { service: 'identity', kid: 'x', jwk: { kty: 'EC', crv: 'P-256', x: 'x', y: 'y' } }],
      ['no key', { service: 'identity', kid: good.kid }],
      ['nonsense', { service: 'identity', kid: good.kid, jwk: { kty: 'RSA', n: '!!', e: 'AQAB' } }],
      ['an array', []],
    ];
    for (const [what, body] of bodies) expect([what, (await register(body)).status]).toEqual([what, 422]);
  });
});
