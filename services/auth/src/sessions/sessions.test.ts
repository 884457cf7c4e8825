import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openDatabase, type Database } from '@artdag/database/auth';
import { createTestDatabase, quietLogger, type TestDatabase } from '@artdag/testing';
import { startAuth, type Answer, type RunningAuth } from '../start-auth.testing.ts';

let database: TestDatabase;
let tables: Database;
let auth: RunningAuth;

const account = { username: 'giles', password: 'correct horse battery' };

beforeAll(async () => {
  database = await createTestDatabase();
  tables = openDatabase({ databaseUrl: database.url, max: 1 });
  auth = await startAuth({ databaseUrl: database.url, tables, logger: quietLogger() });
  await auth.post('/auth/register', account);
  await auth.post('/auth/register', { ...account, username: 'other' });
});
afterAll(async () => {
  await auth?.stop();
  await tables?.close();
  await database?.drop();
});

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const statusOf = async (token: string): Promise<number> => (await auth.get('/auth/me', bearer(token))).status;
const end = (id: string, token: string): Promise<Answer> =>
  auth.send('DELETE', `/auth/sessions${id}`, undefined, bearer(token));

async function logIn(username = 'giles', agent = 'a browser'): Promise<{ token: string; id: string }> {
  const login = await auth.post('/auth/login', { ...account, username }, { 'user-agent': agent });
  const token: string = login.body.session_token;
  return { token, id: (await auth.get('/auth/me', bearer(token))).body.auth.session_id };
}

describe('GET /auth/sessions', () => {
  it('lists one’s own live sessions, latest use first, and says which is the caller’s', async () => {
    const [mine, ended] = [await logIn(), await logIn()];
    await end(`/${ended.id}`, mine.token);
    await logIn('other');
    const { status, headers, body } = await auth.get('/auth/sessions', bearer(mine.token));
    expect([status, headers.get('cache-control')]).toEqual([200, 'no-store']);
    expect(body.sessions[0]).toEqual({
      id: mine.id,
      created_at: expect.stringMatching(/Z$/),
      last_activity_at: expect.stringMatching(/Z$/),
      expires_at: expect.stringMatching(/Z$/),
      ip: expect.stringMatching(/^10\./),
      user_agent: 'a browser',
      method: 'password',
      current: true,
    });
    const rows = await auth.sql(
      `SELECT s.id FROM auth.sessions s JOIN auth.actors a ON a.id = s.actor_id WHERE a.handle = 'giles' AND s.is_valid`,
    );
    const listed = body.sessions.map(({ id }: { id: string }) => id);
    expect(listed.toSorted()).toEqual(rows.map(({ id }) => id).toSorted());
    expect(body.sessions.filter(({ current }: { current: boolean }) => current)).toHaveLength(1);
  });

  it('is for people who are signed in: 401 for nobody, 403 for a key or a token', async () => {
    expect((await auth.get('/auth/sessions')).status).toBe(401);
    const { body } = await auth.post('/auth/login', account);
    const assertion = {
      ...{ actor: body.actor, username: 'giles', org_id: null, scopes: [], sid: null, jti: 'k', method: 'api_key' },
      token_use: 'api_key',
    };
    const headers = { 'x-actor-assertion': await (await auth.gateway()).sign('auth', assertion, 'a key') };
    for (const [method, path] of [
      ['GET', '/auth/sessions'],
      ['DELETE', '/auth/sessions'],
      ['DELETE', '/auth/sessions/ses_x'],
      ['PATCH', '/auth/me'],
      ['DELETE', '/auth/me'],
      ['POST', '/auth/password'],
    ] as const) {
      const answer = await auth.send(method, path, method === 'GET' ? undefined : {}, headers);
      expect([method, path, answer.status, answer.body.code]).toEqual([method, path, 403, 'session_required']);
    }
  });
});

describe('DELETE /auth/sessions', () => {
  it('ends one of one’s own, which is then dead, and no other; again 204', async () => {
    const [mine, victim, bystander] = [await logIn(), await logIn(), await logIn()];
    expect((await end(`/${victim.id}`, mine.token)).status).toBe(204);
    expect((await end(`/${victim.id}`, mine.token)).status).toBe(204);
    expect(await Promise.all([mine, victim, bystander].map(({ token }) => statusOf(token)))).toEqual([200, 401, 200]);
    // No logout has ended it: who comes with it is not told that it has logged out.
    expect((await auth.send('POST', '/auth/logout', undefined, bearer(victim.token))).status).toBe(401);
    const [denial] = await auth.sql('SELECT reason FROM auth.revoked_tokens WHERE jti = $1', [victim.id]);
    expect(denial).toEqual({ reason: 'session_ended' });
  });

  it('answers 404 to another’s and to what is none, and takes the cookies back with one’s own', async () => {
    const [mine, others] = [await logIn(), await logIn('other')];
    for (const id of [others.id, 'ses_00000000000000000000000000', 'x', '%00', "';--", 'x'.repeat(500)]) {
      const { status, body } = await end(`/${id}`, mine.token);
      expect([id, status, body.code]).toEqual([id, 404, 'session_not_found']);
    }
    expect(await statusOf(others.token)).toBe(200);
    const own = await end(`/${mine.id}`, mine.token);
    expect([own.status, own.headers.getSetCookie().length]).toEqual([204, 2]);
    expect(await statusOf(mine.token)).toBe(401);
  });

  it('without an id ends all but the caller’s', async () => {
    const [mine, second, others] = [await logIn(), await logIn(), await logIn('other')];
    const answer = await end('', mine.token);
    expect([answer.status, answer.headers.getSetCookie()]).toEqual([204, []]);
    expect(await Promise.all([mine, second, others].map(({ token }) => statusOf(token)))).toEqual([200, 401, 200]);
    const { body } = await auth.get('/auth/sessions', bearer(mine.token));
    expect(body.sessions).toHaveLength(1);
  });

  it('needs more than a cookie from another site', async () => {
    const { token } = await logIn();
    const headers = { cookie: `session_token=${token}`, origin: 'https://evil.test' };
    const { status, body } = await auth.send('DELETE', '/auth/sessions', undefined, headers);
    expect([status, body.code]).toEqual([403, 'csrf']);
    expect((await auth.get('/auth/sessions', headers)).status).toBe(200);
  });
});
