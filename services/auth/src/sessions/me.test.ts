import { createHmac, generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { allScopes, type Assertion } from '@artdag/actor-context';
import { openDatabase, type Database } from '@artdag/database/auth';
import { createTestDatabase, makeAssertionKit, quietLogger, type TestDatabase } from '@artdag/testing';
import jwt from 'jsonwebtoken';
import { startAuth, type Answer, type RunningAuth } from '../start-auth.testing.ts';

let database: TestDatabase;
let tables: Database;
let auth: RunningAuth;
let giles: { session_token: string; access_token: string; actor: Assertion['actor'] };

beforeAll(async () => {
  database = await createTestDatabase();
  tables = openDatabase({ databaseUrl: database.url, max: 1 });
  auth = await startAuth({ databaseUrl: database.url, tables, logger: quietLogger() });
  const account = { username: 'giles', password: 'correct horse', email: 'giles@example.org' };
  giles = (await auth.post('/auth/register', account)).body;
});
afterAll(async () => {
  await auth?.stop();
  await tables?.close();
  await database?.drop();
});

const me = (authorization: string): Promise<Answer> => auth.get('/auth/me', { authorization });

async function meByAssertion(change: Partial<Assertion> = {}): Promise<Answer> {
  const [session] = await auth.sql('SELECT id, org_id FROM auth.sessions LIMIT 1');
  const assertion: Assertion = {
    ...{ actor: giles.actor, username: 'giles', org_id: String(session?.['org_id']), scopes: ['read:*'], jti: null },
    ...{ sid: String(session?.['id']), method: 'bearer', token_use: 'access' },
    ...change,
  };
  const token = await (await auth.gateway()).sign('auth', assertion, JSON.stringify(assertion));
  return await auth.get('/auth/me', { 'x-actor-assertion': token, authorization: 'Bearer of-no-matter' });
}

describe('GET /auth/me', () => {
  it.each([
    ['an access token', () => giles.access_token],
    ['a session token', () => giles.session_token],
  ])('takes %s as Bearer on its own port', async (_what, token) => {
    const { status, headers, body } = await me(`Bearer ${token()}`);
    expect(status).toBe(200);
    expect(headers.get('cache-control')).toBe('no-store');
    const [session] = await auth.sql('SELECT id, org_id FROM auth.sessions');
    expect(body).toEqual({
      ...giles.actor,
      username: 'giles',
      display_name: 'giles',
      email: 'giles@example.org',
      handle: 'giles',
      did: null,
      ap_id: 'https://l2.test/users/giles',
      org_id: session?.['org_id'],
      memberships: [{ microdao_id: 'microdao:giles', org_id: session?.['org_id'], role: 'owner' }],
      is_sysadmin: false,
      created_at: expect.stringMatching(/Z$/),
      auth: {
        method: 'bearer',
        session_id: session?.['id'],
        scopes: [...allScopes],
        expires_at: expect.stringMatching(/Z$/),
      },
    });
  });

  it('believes the gateway’s assertion rather than what else is there', async () => {
    const { status, body } = await meByAssertion();
    expect(status).toBe(200);
    expect(body).toMatchObject({ username: 'giles', auth: { scopes: ['read:*'] } });
  });

  it('answers 401 to a forged assertion even with a good token beside it', async () => {
    const kit = makeAssertionKit('auth');
    for (const forged of [kit.actor(giles.actor), ...kit.forgeries(giles.actor).map(([, token]) => token)]) {
      const headers = { 'x-actor-assertion': forged, authorization: `Bearer ${giles.access_token}` };
      expect((await auth.get('/auth/me', headers)).status).toBe(401);
    }
  });

  it('answers 401 with the challenge to nobody, and to an actor that is none', async () => {
    const { status, headers, body } = await auth.get('/auth/me');
    expect([status, body.code]).toEqual([401, 'unauthorized']);
    expect(body.detail).toBe('Unauthorized: No valid session token or API key');
    expect(headers.get('www-authenticate')).toBe('Bearer realm="l2", MSign realm="musehub"');
    const stranger = { ...giles.actor, actor_id: 'user:00000000000000000000000000' };
    expect((await meByAssertion({ actor: stranger })).status).toBe(401);
  });

  it.each([
    'Basic Z2lsZXM6eA==',
    'Bearer',
    'Bearer ',
    'Bearer nonsense',
    'Bearer a.b.c',
    'Bearer ..',
    `Bearer ${'x'.repeat(43)}`,
    `Bearer ${'a'.repeat(60_000)}`,
    `Bearer ${'a.'.repeat(30_000)}`,
    'DPoP abc',
  ])('answers 401 to %.40s', async (authorization) => {
    const { status, body } = await me(authorization);
    expect([status, body.code]).toEqual([401, 'invalid_token']);
  });

  it('answers 401 to every forged access token', async () => {
    const { payload, header } = jwt.decode(giles.access_token, { complete: true }) as jwt.Jwt;
    const claims = payload as jwt.JwtPayload;
    const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const { keys } = (await auth.get('/.well-known/jwks.json')).body;
    const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const [h = '', p = '', s = ''] = giles.access_token.split('.');
    const hmac = (input: string) => createHmac('sha256', JSON.stringify(keys[0])).update(input).digest('base64url');
    const hs256 = `${part({ ...header, alg: 'HS256' })}.${p}`;
    const forgeries = {
      'alg none': `${part({ ...header, alg: 'none' })}.${p}.`,
      'HS256 over the public key': `${hs256}.${hmac(hs256)}`,
      'another key under our kid': jwt.sign(claims, stranger.privateKey, { header: { ...header, alg: 'RS256' } }),
      'an unknown kid': jwt.sign(claims, stranger.privateKey, { algorithm: 'RS256', keyid: 'nobody' }),
      'no kid': jwt.sign(claims, stranger.privateKey, { algorithm: 'RS256' }),
      'changed claims': `${h}.${part({ ...claims, sub: 'user:other' })}.${s}`,
      'a changed header': `${part({ ...header, typ: 'JWT' })}.${p}.${s}`,
      'a cut signature': giles.access_token.slice(0, -10),
    };
    for (const [what, token] of Object.entries(forgeries)) {
      expect([what, (await me(`Bearer ${token}`)).status]).toEqual([what, 401]);
    }
  });

  it('answers 401 once the session has ended, to both its tokens', async () => {
    const { body } = await auth.post('/auth/login', { username: 'giles', password: 'correct horse' });
    expect((await me(`Bearer ${body.session_token}`)).status).toBe(200);
    await auth.sql(`UPDATE auth.sessions SET is_valid = false WHERE token = encode(sha256($1::bytea), 'hex')`, [
      Buffer.from(body.session_token),
    ]);
    expect((await me(`Bearer ${body.session_token}`)).status).toBe(401);
    expect((await me(`Bearer ${body.access_token}`)).status).toBe(401);
  });
});

describe('time', () => {
  it('ends access tokens after an hour and sessions after seven days', async () => {
    let now = new Date('2026-11-21T12:00:00Z');
    const timed = await startAuth({
      ...{ databaseUrl: database.url, tables, logger: quietLogger() },
      overrides: { now: () => now },
    });
    try {
      const login = { username: 'giles', password: 'correct horse' };
      const { body } = await timed.post('/auth/login', login);
      const statusOf = async (token: string) =>
        (await timed.get('/auth/me', { authorization: `Bearer ${token}` })).status;
      now = new Date('2026-11-21T13:00:20Z');
      expect([await statusOf(body.access_token), await statusOf(body.session_token)]).toEqual([200, 200]);
      now = new Date('2026-11-21T13:00:31Z');
      expect([await statusOf(body.access_token), await statusOf(body.session_token)]).toEqual([401, 200]);
      now = new Date('2026-11-28T12:00:00Z');
      expect(await statusOf(body.session_token)).toBe(401);
    } finally {
      await timed.stop();
    }
  });
});
