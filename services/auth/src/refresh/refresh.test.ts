import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { openDatabase, type Database } from '@artdag/database/auth';
import { createTestDatabase, quietLogger, type TestDatabase } from '@artdag/testing';
import { startAuth, type Answer, type RunningAuth } from '../start-auth.testing.ts';
import { openSuccessor } from './successor-seal.ts';

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

const firefox = { 'user-agent': 'Firefox' };
let accounts = 0;

interface SignedIn {
  refresh: string;
  session: string;
  access: string;
  expiresAt: string;
}

async function signIn(): Promise<SignedIn> {
  accounts += 1;
  const account = { username: `somebody-${accounts}`, password: 'correct horse battery' };
  const { status, body } = await auth.post('/auth/register', account, firefox);
  expect(status).toBe(201);
  const { refresh_token: refresh, session_token: session, access_token: access, expires_at: expiresAt } = body;
  return { refresh, session, access, expiresAt };
}

function refresh(token: unknown, headers: Record<string, string> = firefox): Promise<Answer> {
  return auth.post('/auth/refresh', { refresh_token: token }, headers);
}

const meStatus = async (token: string): Promise<number> =>
  (await auth.get('/auth/me', { authorization: `Bearer ${token}` })).status;

const refused = (answer: Answer) => expect([answer.status, answer.body.code]).toEqual([400, 'invalid_grant']);

describe('POST /auth/refresh', () => {
  it('gives a new pair, which works, and never lives longer than the session', async () => {
    const { refresh: first, expiresAt } = await signIn();
    aheadMs = 3600_000;
    const { status, headers, body } = await refresh(first);
    expect(status).toBe(200);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(body).toEqual({
      access_token: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
      token_type: 'Bearer',
      expires_in: 3600,
      refresh_token: expect.stringMatching(/^[\w-]{43}$/),
      refresh_expires_at: expiresAt,
    });
    expect(body.refresh_token).not.toBe(first);
    expect(await meStatus(body.access_token)).toBe(200);
    aheadMs = 7 * 24 * 3600_000 - 60_000;
    const last = await refresh(body.refresh_token);
    expect(last.body.expires_in).toBeLessThanOrEqual(60);
    aheadMs = 7 * 24 * 3600_000;
    refused(await refresh(last.body.refresh_token));
  });

  it('takes the form of RFC 6749 too', async () => {
    const { refresh: token } = await signIn();
    const form = { ...firefox, 'content-type': 'application/x-www-form-urlencoded' };
    const wrong = await auth.post('/auth/refresh', `refresh_token=${token}&grant_type=password`, form);
    expect([wrong.status, wrong.body.code]).toEqual([400, 'unsupported_grant_type']);
    const right = await auth.post('/auth/refresh', `grant_type=refresh_token&refresh_token=${token}`, form);
    expect(right.status).toBe(200);
  });

  it('gives 20 at once with one token the same successor, and no more than one', async () => {
    const { refresh: token } = await signIn();
    const answers = await Promise.all(Array.from({ length: 20 }, () => refresh(token)));
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200));
    expect(new Set(answers.map(({ body }) => body.refresh_token)).size).toBe(1);
    const successor = answers[0]?.body.refresh_token;
    expect((await refresh(successor)).status).toBe(200);
  });

  it('ends family and session for a reuse after 30 s: both tabs are out', async () => {
    const { refresh: token, session, access } = await signIn();
    const [tab, other] = await Promise.all([refresh(token), refresh(token)]);
    expect(tab.body.refresh_token).toBe(other.body.refresh_token);
    aheadMs = 30_001;
    refused(await refresh(token));
    for (const dead of [session, access, tab.body.access_token, other.body.access_token]) {
      expect(await meStatus(dead)).toBe(401);
    }
    refused(await refresh(tab.body.refresh_token));
    const [row] = await auth.sql(`SELECT end_reason FROM auth.sessions ORDER BY ended_at DESC NULLS LAST LIMIT 1`);
    expect(row?.['end_reason']).toBe('refresh_reuse');
    const [event] = await auth.sql(
      `SELECT payload::jsonb -> 'data' ->> 'reason' AS reason FROM auth.outbox WHERE type = 'user-logged-out'
       ORDER BY created_at DESC LIMIT 1`,
    );
    expect(event?.['reason']).toBe('refresh_reuse');
    const denied = await auth.sql(`SELECT 1 AS one FROM auth.revoked_tokens WHERE reason = 'refresh_reuse'`);
    expect(denied.length).toBeGreaterThan(0);
  });

  it('takes a reuse by another client for a theft, at once', async () => {
    const { refresh: token, session } = await signIn();
    const { body } = await refresh(token);
    refused(await refresh(token, { 'user-agent': 'curl' }));
    expect(await meStatus(session)).toBe(401);
    refused(await refresh(body.refresh_token));
  });

  it('lets a browser that was updated go on', async () => {
    const { refresh: token } = await signIn();
    expect((await refresh(token, { 'user-agent': 'Firefox 2' })).status).toBe(200);
  });

  it('gives nothing after a logout, however many were under way', async () => {
    const { refresh: token, session } = await signIn();
    const logout = auth.post('/auth/logout', {}, { authorization: `Bearer ${session}` });
    const racing = Array.from({ length: 12 }, () => refresh(token));
    expect((await logout).status).toBe(200);
    const tokens: string[] = [];
    for (const answer of await Promise.all(racing)) {
      if (answer.status === 200) tokens.push(answer.body.access_token);
      else refused(answer);
      if (answer.status === 200) refused(await refresh(answer.body.refresh_token));
    }
    for (const minted of tokens) expect(await meStatus(minted)).toBe(401);
    refused(await refresh(token));
  });

  it('gives nothing for a disabled account', async () => {
    const { refresh: token } = await signIn();
    await auth.sql(`UPDATE auth.actors SET status = 'disabled' WHERE handle = $1`, [`somebody-${accounts}`]);
    refused(await refresh(token));
  });

  it.each(['x'.repeat(43), 'short', 'a.b.c', '\0'.repeat(43), 'é'.repeat(43), 'x'.repeat(4096)])(
    'refuses %j as any other',
    async (token) => refused(await refresh(token)),
  );

  it('refuses a session’s secret, and an access token', async () => {
    const { session, access } = await signIn();
    refused(await refresh(session));
    refused(await refresh(access));
  });

  it.each([
    [undefined, 422],
    [7, 422],
    [['x'], 422],
    [null, 422],
    ['', 422],
    ['x'.repeat(1024 * 1024), 413],
  ])('refuses what is no token at all (%#)', async (token, status) =>
    expect((await refresh(token)).status).toBe(status),
  );

  it('stores nothing that could be used, and forgets the sealed successor', async () => {
    const { refresh: token } = await signIn();
    const { body } = await refresh(token);
    const rows = await auth.sql('SELECT * FROM auth.refresh_tokens');
    const dump = JSON.stringify(rows);
    for (const secret of [token, body.refresh_token]) expect(dump).not.toContain(secret);
    const sealed = rows.find((row) => row['successor_enc'] !== null)?.['successor_enc'] as string;
    // Whatever stands in the row opens nothing.
    for (const row of rows) expect(openSuccessor(String(row['token_hash']), sealed)).toBeNull();
  });
});
