import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openDatabase, type Database } from '@artdag/database/auth';
import { createTestDatabase, quietLogger, type TestDatabase } from '@artdag/testing';
import jwt from 'jsonwebtoken';
import { cookieHeader, cookiesOf } from '../cookies/cookies.testing.ts';
import { startAuth, type RunningAuth } from '../start-auth.testing.ts';

let database: TestDatabase;
let tables: Database;
let auth: RunningAuth;

const giles = { username: 'giles', password: 'correct horse battery' };

beforeAll(async () => {
  database = await createTestDatabase();
  tables = openDatabase({ databaseUrl: database.url, max: 1 });
  auth = await startAuth({ databaseUrl: database.url, tables, logger: quietLogger() });
  await auth.post('/auth/register', giles);
});
afterAll(async () => {
  await auth?.stop();
  await tables?.close();
  await database?.drop();
});

const statusWith = async (cookie: string): Promise<number> => (await auth.get('/auth/me', { cookie })).status;

describe('the cookies of a login', () => {
  it('are those of credentials.md §2, with a year of the device', async () => {
    const { headers, body } = await auth.post('/auth/login', giles);
    const lines = headers.getSetCookie().map((line) => line.replace(/; Expires=[^;]+/, ''));
    const rest = 'HttpOnly; Secure; SameSite=Lax';
    expect(lines).toEqual([
      `session_token=${body.session_token}; Max-Age=604800; Path=/; ${rest}`,
      expect.stringMatching(
        /^platform_token=[\w.-]+; Max-Age=86400; Domain=\.l2\.test; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
      ),
      expect.stringMatching(/^device=[\w.-]+; Max-Age=31536000; Path=\/; HttpOnly; Secure; SameSite=Lax$/),
    ]);
    const claims = jwt.decode(cookiesOf({ headers })['platform_token'] ?? '') as jwt.JwtPayload;
    expect(Number(claims.exp) - Number(claims.iat)).toBe(86_400);
    expect(claims['token_use']).toBe('access');
  });

  it.each([
    ['localhost', 'localhost:8200'],
    ['an address', '127.0.0.1:8200'],
    ['an IPv6 address', '[::1]:8200'],
  ])('are host-only on %s, and Secure unless the scheme is http', async (_what, domain) => {
    const env = { ARTDAG_DOMAIN: domain, PUBLIC_SCHEME: 'http' };
    const plain = await startAuth({ databaseUrl: database.url, tables, logger: quietLogger(), env });
    try {
      const { headers } = await plain.post('/auth/login', giles);
      expect(headers.getSetCookie()).toHaveLength(3);
      for (const line of headers.getSetCookie()) expect(line).not.toMatch(/Domain|Secure/);
    } finally {
      await plain.stop();
    }
  });

  it('each stand for the caller on auth’s own port, the first before the second', async () => {
    const cookies = cookiesOf(await auth.post('/auth/login', giles));
    const { session_token: session = '', platform_token: platform = '' } = cookies;
    expect(await statusWith(`session_token=${session}`)).toBe(200);
    expect(await statusWith(`platform_token=${platform}`)).toBe(200);
    expect(await statusWith(`session_token=stale; platform_token=${platform}`)).toBe(200);
    expect(await statusWith('session_token=stale; platform_token=stale')).toBe(401);
    // Which of two is ours cannot be told: a sibling host can add one.
    expect(await statusWith(`session_token=${session}; session_token=${session}`)).toBe(401);
    const me = await auth.get('/auth/me', { cookie: `session_token=${session}` });
    expect(me.body.auth.method).toBe('cookie');
    // A header that fails is not passed over.
    expect((await auth.get('/auth/me', { cookie: cookieHeader(cookies), authorization: 'Bearer x' })).status).toBe(401);
    expect((await auth.get('/auth/me', { cookie: cookieHeader(cookies), 'x-api-key': 'dk_x' })).status).toBe(401);
  });

  it('end the session that the browser had before, whoever’s it was', async () => {
    const before = await auth.post('/auth/login', giles);
    const cookie = cookieHeader(cookiesOf(before));
    const after = await auth.post('/auth/login', giles, { cookie });
    expect(after.body.session_token).not.toBe(before.body.session_token);
    expect(await statusWith(cookie)).toBe(401);
    await auth.post('/auth/register', { username: 'other', password: giles.password });
    const other = await auth.post(
      '/auth/login',
      { ...giles, username: 'other' },
      { cookie: cookieHeader(cookiesOf(after)) },
    );
    expect(await statusWith(cookieHeader(cookiesOf(after)))).toBe(401);
    expect(await statusWith(cookieHeader(cookiesOf(other)))).toBe(200);
    const [ended] = await auth.sql(`SELECT end_reason, ended_at FROM auth.sessions WHERE NOT is_valid LIMIT 1`);
    expect(ended).toEqual({ end_reason: 'replaced', ended_at: expect.any(Date) });
  });

  it('are neither set nor changed by a login that fails', async () => {
    const { body, headers } = await auth.post('/auth/login', giles);
    expect(headers.getSetCookie()).toHaveLength(3);
    const cookie = `session_token=${body.session_token}`;
    const failed = await auth.post('/auth/login', { ...giles, password: 'wrong' }, { cookie });
    expect(failed.headers.getSetCookie()).toEqual([]);
    expect(await statusWith(cookie)).toBe(200);
  });
});

describe('a form', () => {
  const form = { 'content-type': 'application/x-www-form-urlencoded' };

  it.each([
    ['username=giles&password=x', 400, 'use_login_page'],
    ['password=', 400, 'use_login_page'],
    ['username=giles.bsky.social', 501, 'atproto_not_available'],
    ['', 501, 'atproto_not_available'],
    ['%00=%ff&a', 501, 'atproto_not_available'],
  ])('with %j gets %i %s', async (body, status, code) => {
    const answer = await auth.post('/auth/login', body, form);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
  });

  it('of more than 16 KiB gets 413, and 415 wherever no form is taken', async () => {
    expect((await auth.post('/auth/login', `a=${'x'.repeat(20_000)}`, form)).status).toBe(413);
    expect((await auth.post('/auth/password', 'a=b', form)).status).toBe(415);
    expect((await auth.send('DELETE', '/auth/me', 'password=x', form)).status).toBe(415);
  });
});

it('takes mfa_code, which is of no use yet', async () => {
  expect((await auth.post('/auth/login', { ...giles, mfa_code: '123456' })).status).toBe(200);
  expect((await auth.post('/auth/login', { ...giles, mfa_code: 7 })).status).toBe(422);
});

it('tells of each login in an event and in the audit log, without secrets', async () => {
  const { body } = await auth.post('/auth/login', giles);
  const [event] = await auth.sql(
    `SELECT payload FROM auth.outbox WHERE type = 'user-logged-in' ORDER BY created_at DESC, id DESC LIMIT 1`,
  );
  const { session_id: sessionId } = JSON.parse(String(event?.['payload'])).data;
  const [session] = await auth.sql('SELECT actor_id FROM auth.sessions WHERE id = $1', [sessionId]);
  expect(session).toEqual({ actor_id: body.actor.actor_id });
});

describe('a login whose password has just been found right', () => {
  const account = { username: 'raced', password: giles.password };

  it.each([
    ['the account is being disabled', `UPDATE actors SET status = 'disabled' WHERE handle = 'raced'`, 403],
    ['the account is being deleted', `UPDATE actors SET status = 'deleted' WHERE handle = 'raced'`, 401],
    ['the password is being changed', `UPDATE users SET password_hash = 'other' WHERE username = 'raced'`, 401],
  ])('waits while %s, and then gets nothing', async (_what, sql, status) => {
    await auth.post('/auth/register', account);
    const before = await auth.sql('SELECT * FROM auth.actors JOIN auth.users ON actor_id = id');
    const { login } = await tables.pgTransaction(async (client) => {
      await client.query(sql);
      const pending = auth.post('/auth/login', account);
      // Long enough for the hash and for the transaction to come to the lock.
      await new Promise((resolve) => setTimeout(resolve, 500));
      return { login: pending };
    });
    expect((await login).status).toBe(status);
    const sessions = await auth.sql(
      `SELECT 1 FROM auth.sessions s JOIN auth.actors a ON a.id = s.actor_id WHERE a.handle = 'raced'`,
    );
    // That of the registration.
    expect(sessions).toHaveLength(1);
    const hash = before.find((row) => row['handle'] === 'raced')?.['password_hash'];
    await auth.sql(`UPDATE auth.actors SET status = 'active' WHERE handle = 'raced'`);
    await auth.sql(`UPDATE auth.users SET password_hash = $1 WHERE username = 'raced'`, [hash]);
  });
});

it('lets many logins of one account in at once', async () => {
  await auth.post('/auth/register', { username: 'twins', password: giles.password });
  for (let round = 0; round < 3; round += 1) {
    const logins = Array.from({ length: 8 }, () => auth.post('/auth/login', { ...giles, username: 'twins' }));
    const statuses = (await Promise.all(logins)).map(({ status }) => status);
    expect(statuses).toEqual(Array.from({ length: 8 }, () => 200));
  }
});
