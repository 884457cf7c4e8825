import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { openDatabase, type Database } from '@artdag/database/auth';
import { createTestDatabase, quietLogger, type TestDatabase } from '@artdag/testing';
import { createLocalJWKSet, jwtVerify } from 'jose';
import type { ActorProfile } from '../actors/actor-profile.ts';
import { startAuth, type Answer, type RunningAuth } from '../start-auth.testing.ts';
import { createInTransaction } from '../transaction.repository.ts';
import { mintApiToken } from './mint-api-token.ts';

let database: TestDatabase;
let tables: Database;
let auth: RunningAuth;
let aheadMs = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  tables = openDatabase({ databaseUrl: database.url, max: 2 });
  const overrides = { now: () => new Date(Date.now() + aheadMs) };
  auth = await startAuth({ databaseUrl: database.url, tables, logger: quietLogger(), overrides });
});
beforeEach(() => {
  aheadMs = 0;
});
afterAll(async () => {
  await auth?.stop();
  await tables?.close();
  await database?.drop();
});

const path = '/v1/tokens';
let accounts = 0;

async function signIn(): Promise<{ authorization: string }> {
  accounts += 1;
  const account = { username: `minter-${accounts}`, password: 'correct horse battery' };
  const { body } = await auth.post('/auth/register', account);
  return { authorization: `Bearer ${body.session_token}` };
}

const good = { label: 'ci', scopes: ['read:*', 'assets:create'] };
const mint = (headers: Record<string, string>, body: unknown = good): Promise<Answer> => auth.post(path, body, headers);
const meStatus = async (token: string): Promise<number> =>
  (await auth.get('/auth/me', { authorization: `Bearer ${token}` })).status;

describe('POST /v1/tokens', () => {
  it('mints a JWT that says what the spec asks of it, and stores only its hash', async () => {
    const owner = await signIn();
    const { status, headers, body } = await mint(owner);
    expect(status).toBe(201);
    expect(headers.get('cache-control')).toBe('no-store');
    const me = (await auth.get('/auth/me', owner)).body;
    expect(body).toEqual({
      ...{ id: expect.stringMatching(/^tok_[0-9a-z]{26}$/), token: expect.any(String), ...good },
      ...{ org: me.org_id, expires_at: expect.stringMatching(/Z$/) },
    });
    const jwks = createLocalJWKSet((await auth.get('/.well-known/jwks.json')).body);
    const expected = { issuer: 'l2.test', audience: 'l2.test', typ: 'api+jwt', algorithms: ['RS256'] };
    const { payload } = await jwtVerify(body.token, jwks, expected);
    expect(payload).toEqual({
      ...{ iss: 'l2.test', aud: 'l2.test', iat: expect.any(Number), exp: Number(payload.iat) + 86_400 },
      ...{ jti: body.id, sub: me.actor_id, org: me.org_id, role: 'owner', scopes: good.scopes, token_use: 'api' },
      ...{ username: me.username, roles: ['microdao_owner'], microdao_ids: me.microdao_ids },
    });
    expect(JSON.stringify(await auth.sql('SELECT * FROM auth.api_tokens'))).not.toContain(body.token);
    expect(await meStatus(body.token)).toBe(200);
    const { auth: how } = (await auth.get('/auth/me', { authorization: `Bearer ${body.token}` })).body;
    expect(how).toMatchObject({ method: 'bearer', session_id: null, scopes: good.scopes });
  });

  it('mints nothing with a role that was lowered while it was being signed', async () => {
    const me = (await auth.get('/auth/me', await signIn())).body;
    const before = { orgId: me.org_id, microdaoId: me.microdao_ids[0], role: 'owner' } as const;
    const profile: ActorProfile = {
      actorId: me.actor_id,
      actorType: 'human',
      handle: me.username,
      displayName: me.username,
      email: null,
      isSysadmin: false,
      status: 'active',
      version: 1,
      personalOrgId: me.org_id,
      memberships: [before],
      createdAt: new Date(),
    };
    const expiresAt = new Date(Date.now() + 60_000);
    const codec = { mint: () => ({ token: 'x', jti: 'tok_x', expiresAt, expiresInSeconds: 60 }) };
    const deps = { codec, inTransaction: createInTransaction(tables), now: () => new Date() };
    const input = { profile: { ...profile, memberships: [before] }, sessionId: null, org: me.org_id, ttlSeconds: 60 };
    const by = { actorId: me.actor_id, ip: null, requestId: 'r' };
    await auth.sql(`UPDATE auth.memberships SET role = 'member' WHERE actor_id = $1`, [me.actor_id]);
    await expect(mintApiToken(deps, { ...input, label: 'l', scopes: ['read:*'] }, by)).rejects.toMatchObject({
      ...{ status: 403, code: 'org_not_allowed' },
    });
    expect(await auth.sql('SELECT id FROM auth.api_tokens WHERE actor_id = $1', [me.actor_id])).toEqual([]);
  });

  it('takes an org of one’s own by either name, and no other', async () => {
    const owner = await signIn();
    const me = (await auth.get('/auth/me', owner)).body;
    for (const org of [me.org_id, me.microdao_ids[0]]) {
      expect((await mint(owner, { ...good, org })).body.org).toBe(me.org_id);
    }
    const foreign = await mint(owner, { ...good, org: 'microdao:somebody-else' });
    expect([foreign.status, foreign.body.code]).toEqual([403, 'org_not_allowed']);
  });

  it('is for people who are signed in, and for the scopes that they have', async () => {
    const owner = await signIn();
    const { token } = (await mint(owner)).body;
    const byToken = await mint({ authorization: `Bearer ${token}` });
    expect([byToken.status, byToken.body.code]).toEqual([403, 'session_required']);
    const { key } = (await auth.post('/auth/api-keys', { description: 'x' }, owner)).body;
    expect((await mint({ 'x-api-key': key })).body.code).toBe('session_required');
    expect((await auth.get(path, { 'x-api-key': key })).status).toBe(403);
    expect((await mint({})).status).toBe(401);
    const wide = await mint(owner, { label: 'x', scopes: ['read:*', 'users:delete'] });
    expect([wide.status, wide.body.code]).toEqual([403, 'scope_not_allowed']);
  });

  it.each([
    [{}],
    [[]],
    [{ ...good, label: '' }],
    [{ ...good, label: 'x'.repeat(81) }],
    [{ ...good, label: '\0' }],
    [{ ...good, scopes: undefined }],
    [{ ...good, scopes: ['everything'] }],
    [{ ...good, expires_in: 7_776_001 }],
    [{ ...good, expires_in: -1 }],
    [{ ...good, expires_in: '86400' }],
    [{ ...good, org: 7 }],
  ])('refuses %j with 422', async (body) => expect((await mint(await signIn(), body)).status).toBe(422));
});

describe('an API token', () => {
  it('lives on after the logout of the session that minted it, and ends in its time', async () => {
    const owner = await signIn();
    const { token } = (await mint(owner, { ...good, expires_in: 60 })).body;
    await auth.post('/auth/logout', {}, owner);
    expect(await meStatus(token)).toBe(200);
    aheadMs = 91_000;
    expect(await meStatus(token)).toBe(401);
  });
});

describe('DELETE /v1/tokens/{id}', () => {
  it('ends the token before it answers, twice if asked, and tells the others', async () => {
    const owner = await signIn();
    const { id, token } = (await mint(owner)).body;
    expect((await auth.send('DELETE', `${path}/${id}`, undefined, owner)).status).toBe(204);
    expect(await meStatus(token)).toBe(401);
    expect((await auth.send('DELETE', `${path}/${id}`, undefined, owner)).status).toBe(204);
    const { tokens } = (await auth.get(path, owner)).body;
    expect(tokens).toEqual([
      {
        ...{ id, ...good, org: expect.stringMatching(/^org_/), created_at: expect.any(String) },
        ...{ expires_at: expect.any(String), last_used_at: null, revoked_at: expect.stringMatching(/Z$/) },
      },
    ]);
    const events = await auth.sql(
      `SELECT payload::jsonb -> 'data' ->> 'jti' AS jti FROM auth.outbox WHERE type = 'token-revoked'`,
    );
    expect(events.filter(({ jti }) => jti === id)).toHaveLength(1);
    const [denied] = await auth.sql('SELECT expires_at FROM auth.revoked_tokens WHERE jti = $1', [id]);
    expect(Number(denied?.['expires_at'])).toBeGreaterThan(Date.parse(tokens[0].expires_at));
  });

  it('is 404 for another’s, and for ids of nobody', async () => {
    const [owner, other] = [await signIn(), await signIn()];
    const { id, token } = (await mint(owner)).body;
    for (const wanted of [id, `tok_${'0'.repeat(26)}`, 'x', '%00', 'x'.repeat(500)]) {
      const { status, body } = await auth.send('DELETE', `${path}/${wanted}`, undefined, other);
      expect([status, body.code]).toEqual([404, 'token_not_found']);
    }
    expect(await meStatus(token)).toBe(200);
  });
});
