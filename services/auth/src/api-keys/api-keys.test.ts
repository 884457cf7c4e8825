import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { openDatabase, type Database } from '@artdag/database/auth';
import { createTestDatabase, quietLogger, type TestDatabase } from '@artdag/testing';
import { auditOf } from '../audit/audit.testing.ts';
import { startAuth, type Answer, type RunningAuth } from '../start-auth.testing.ts';

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

const path = '/auth/api-keys';
const dayMs = 24 * 3600_000;
let accounts = 0;

async function signIn(): Promise<Record<string, string>> {
  accounts += 1;
  const account = { username: `owner-${accounts}`, password: 'correct horse battery' };
  const { body } = await auth.post('/auth/register', account);
  return { authorization: `Bearer ${body.session_token}` };
}

const create = (headers: Record<string, string>, body: unknown = { description: 'ci' }): Promise<Answer> =>
  auth.post(path, body, headers);
const meStatus = async (key: string): Promise<number> => (await auth.get('/auth/me', { 'x-api-key': key })).status;

describe('POST /auth/api-keys', () => {
  it('shows the key this once, and stores only its hash', async () => {
    const owner = await signIn();
    const { status, headers, body } = await create(owner, { description: 'ci', expires_days: 30 });
    expect(status).toBe(201);
    expect(headers.get('cache-control')).toBe('no-store');
    const me = await auth.get('/auth/me', owner);
    const { actor_id, actor_type, microdao_ids, roles } = me.body;
    expect(body).toEqual({
      id: expect.stringMatching(/^[\w-]{22}$/),
      key: expect.stringMatching(/^dk_[\w-]{43}$/),
      actor_id,
      actor: { actor_id, actor_type, microdao_ids, roles },
      description: 'ci',
      created_at: expect.stringMatching(/Z$/),
      expires_at: new Date(Date.parse(body.created_at) + 30 * dayMs).toISOString(),
      last_used: null,
      is_active: true,
    });
    expect(JSON.stringify(await auth.sql('SELECT * FROM auth.api_keys'))).not.toContain(body.key);
    const listed = (await auth.get(path, owner)).body;
    expect(listed).toEqual([
      {
        id: body.id,
        key_preview: `${body.key.slice(0, 8)}...`,
        ...{ description: 'ci', created_at: body.created_at, expires_at: body.expires_at },
        ...{ last_used: null, is_active: true },
      },
    ]);
  });

  it('makes a key that is its owner everywhere, also beside another’s session', async () => {
    const [owner, other] = [await signIn(), await signIn()];
    const { body } = await create(owner);
    const me = await auth.get('/auth/me', { ...other, 'x-api-key': body.key });
    expect([me.status, me.body.actor_id, me.body.auth.method]).toEqual([200, body.actor_id, 'api_key']);
    expect((await auth.get(path, { 'x-api-key': body.key })).body).toHaveLength(1);
    expect((await auth.get('/auth/me', { ...other, 'x-api-key': `dk_${'x'.repeat(43)}` })).status).toBe(401);
  });

  it('is for people who are signed in: 403 for keys and tokens, 401 for nobody', async () => {
    const owner = await signIn();
    const { key } = (await create(owner)).body;
    const byKey = await create({ 'x-api-key': key });
    expect([byKey.status, byKey.body.code]).toEqual([403, 'session_required']);
    const { token } = (await auth.post('/v1/tokens', { label: 'x', scopes: ['read:*'] }, owner)).body;
    const byToken = await create({ authorization: `Bearer ${token}` });
    expect([byToken.status, byToken.body.code]).toEqual([403, 'session_required']);
    expect((await create({})).status).toBe(401);
  });

  it('gives no scope that its maker has not', async () => {
    const owner = await signIn();
    const narrow = await create(owner, { description: 'x', scopes: ['read:assets', 'assets:create'] });
    expect(narrow.status).toBe(201);
    expect((await auth.get('/auth/me', { 'x-api-key': narrow.body.key })).body.auth.scopes).toEqual([
      'read:assets',
      'assets:create',
    ]);
    const wide = await create(owner, { description: 'x', scopes: ['admin:*'] });
    expect([wide.status, wide.body.code]).toEqual([403, 'scope_not_allowed']);
  });

  it('makes 25 of 26 that are asked for at once', async () => {
    const owner = await signIn();
    const answers = await Promise.all(Array.from({ length: 26 }, () => create(owner)));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(25);
    const refused = answers.find(({ status }) => status !== 201);
    expect([refused?.status, refused?.body.code]).toEqual([409, 'too_many_keys']);
    const gone = answers.find(({ status }) => status === 201)?.body.id;
    expect((await auth.send('DELETE', `${path}/${gone}`, undefined, owner)).status).toBe(200);
    expect((await create(owner)).status).toBe(201);
  });

  it('makes none that outlives a logout it raced', async () => {
    const owner = await signIn();
    const racing = Array.from({ length: 8 }, () => create(owner));
    const out = await auth.post('/auth/logout', {}, owner);
    expect(out.status).toBe(200);
    const late = await create(owner);
    expect(late.status).toBe(401);
    // Keys outlive a logout, but whatever was refused was not made.
    const made = (await Promise.all(racing)).filter(({ status }) => status === 201);
    const [row] = await auth.sql(
      `SELECT count(*)::int AS count FROM auth.api_keys k JOIN auth.actors a ON a.id = k.actor_id WHERE a.handle = $1`,
      [`owner-${accounts}`],
    );
    expect(row?.['count']).toBe(made.length);
  });

  it.each([
    [{}],
    [[]],
    [{ description: '' }],
    [{ description: 'x'.repeat(201) }],
    [{ description: 'a\0b' }],
    [{ description: 7 }],
    [{ description: 'x', expires_days: 0 }],
    [{ description: 'x', expires_days: 3651 }],
    [{ description: 'x', expires_days: 1.5 }],
    [{ description: 'x', expires_days: '30' }],
    [{ description: 'x', scopes: 'read:*' }],
    [{ description: 'x', scopes: ['*'] }],
    [{ description: 'x', scopes: ['read:\0'] }],
    [{ description: 'x', scopes: Array(33).fill('read:*') }],
  ])('refuses %j with 422', async (body) => {
    expect((await create(await signIn(), body)).status).toBe(422);
  });
});

describe('an API key', () => {
  it('writes its last use at most once a minute', async () => {
    const owner = await signIn();
    const { key } = (await create(owner)).body;
    const lastUsed = async () => (await auth.get(path, owner)).body[0].last_used;
    await meStatus(key);
    const first = await lastUsed();
    expect(first).toMatch(/Z$/);
    aheadMs = 50_000;
    await meStatus(key);
    expect(await lastUsed()).toBe(first);
    aheadMs = 61_000;
    await meStatus(key);
    expect(Date.parse(await lastUsed()) - Date.parse(first)).toBeGreaterThan(60_000);
  });

  it('ends by itself, and is then switched off', async () => {
    const owner = await signIn();
    const { key, id } = (await create(owner, { description: 'x', expires_days: 1 })).body;
    expect(await meStatus(key)).toBe(200);
    aheadMs = dayMs + 1000;
    expect((await auth.get(path, owner)).body[0].is_active).toBe(false);
    expect(await meStatus(key)).toBe(401);
    const [row] = await auth.sql('SELECT is_active FROM auth.api_keys WHERE id = $1', [id]);
    expect(row?.['is_active']).toBe(false);
    aheadMs = 0;
    expect(await meStatus(key)).toBe(401);
  });

  it.each([`dk_${'x'.repeat(43)}`, 'dk_', 'x', `dk_${'x'.repeat(10_000)}`, `sk_${'x'.repeat(43)}`])(
    'is not %.20s…',
    async (key) => expect(await meStatus(key)).toBe(401),
  );
});

describe('DELETE /auth/api-keys/{key_id}', () => {
  it('lets a key or a token end itself, and none of its owner’s others', async () => {
    const owner = await signIn();
    const make = async () =>
      (await auth.post(path, { description: 'd', scopes: ['read:*'] }, owner)).body as { id: string; key: string };
    const mint = async () =>
      (await auth.post('/v1/tokens', { label: 'l', scopes: ['read:*'] }, owner)).body as { id: string; token: string };
    const [narrow, other, token, otherToken] = [await make(), await make(), await mint(), await mint()];
    const [asKey, asToken] = [{ 'x-api-key': narrow.key }, { authorization: `Bearer ${token.token}` }];
    for (const headers of [asKey, asToken]) {
      for (const target of [`${path}/${other.id}`, `/v1/tokens/${otherToken.id}`]) {
        const { status, body } = await auth.send('DELETE', target, undefined, headers);
        expect([status, body.code]).toEqual([403, 'session_required']);
      }
    }
    expect((await auth.send('DELETE', `${path}/${narrow.id}`, undefined, asKey)).status).toBe(200);
    expect((await auth.send('DELETE', `/v1/tokens/${token.id}`, undefined, asToken)).status).toBe(204);
    expect((await auth.get('/auth/me', { 'x-api-key': other.key })).status).toBe(200);
  });

  it('ends the key before it answers, for good, and may be repeated', async () => {
    const owner = await signIn();
    const { key, id } = (await create(owner)).body;
    expect(await meStatus(key)).toBe(200);
    const { status, body } = await auth.send('DELETE', `${path}/${id}`, undefined, owner);
    expect([status, body]).toEqual([200, { status: 'deleted', key_id: id }]);
    expect(await meStatus(key)).toBe(401);
    expect((await auth.get(path, owner)).body[0].is_active).toBe(false);
    expect((await auth.send('DELETE', `${path}/${id}`, undefined, owner)).status).toBe(200);
    const mine = await auditOf(tables, (await auth.get('/auth/me', owner)).body.actor_id);
    const deeds = mine.map(({ action }) => action).filter((action) => String(action).startsWith('api_key'));
    expect(deeds).toEqual(['api_key.created', 'api_key.deleted']);
    const [denied] = await auth.sql('SELECT reason FROM auth.revoked_tokens WHERE jti = $1', [id]);
    expect(denied?.['reason']).toBe('api_key_deleted');
  });

  it('is 404 for another’s, and for ids of nobody', async () => {
    const [owner, other] = [await signIn(), await signIn()];
    const { key, id } = (await create(owner)).body;
    for (const wanted of [id, 'x'.repeat(22), 'x', '%00', 'x'.repeat(500)]) {
      const { status, body } = await auth.send('DELETE', `${path}/${wanted}`, undefined, other);
      expect([status, body.detail]).toEqual([404, 'API key not found']);
    }
    expect(await meStatus(key)).toBe(200);
    expect((await auth.get(path, other)).body).toEqual([]);
  });
});
