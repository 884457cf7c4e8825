import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openDatabase, type Database } from '@artdag/database/auth';
import { userLoggedOut } from '@artdag/events';
import { csrfTokenOf } from '@artdag/service-kit';
import { createTestDatabase, quietLogger, type TestDatabase } from '@artdag/testing';
import { auditOf } from '../audit/audit.testing.ts';
import { cookieHeader, cookiesOf } from '../cookies/cookies.testing.ts';
import { startAuth, type Answer, type RunningAuth } from '../start-auth.testing.ts';

let database: TestDatabase;
let tables: Database;
let auth: RunningAuth;

const password = 'correct horse battery';
const origin = 'https://l2.test';
const form = { 'content-type': 'application/x-www-form-urlencoded' };

beforeAll(async () => {
  database = await createTestDatabase();
  tables = openDatabase({ databaseUrl: database.url, max: 2 });
  auth = await startAuth({ databaseUrl: database.url, tables, logger: quietLogger() });
});
afterAll(async () => {
  await auth?.stop();
  await tables?.close();
  await database?.drop();
});

let accounts = 0;
interface SignedIn {
  username: string;
  actorId: string;
  session: string;
  access: string;
  refresh: string;
  cookie: string;
  cookies: Record<string, string>;
}

function signedIn(username: string, answer: Answer): SignedIn {
  const { actor, session_token: session, access_token: access, refresh_token: refresh } = answer.body;
  const { device: _device, ...cookies } = cookiesOf(answer);
  return { username, actorId: actor.actor_id, session, access, refresh, cookies, cookie: cookieHeader(cookies) };
}

/** Somebody new. */
async function one(): Promise<SignedIn> {
  accounts += 1;
  const username = `somebody-${accounts}`;
  return signedIn(username, await auth.post('/auth/register', { username, password }));
}

/** Somebody new, signed in so many times. */
async function somebody(times: number): Promise<SignedIn[]> {
  const first = await one();
  const { username } = first;
  const all = [first];
  while (all.length < times) all.push(signedIn(username, await auth.post('/auth/login', { username, password })));
  return all;
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const statusOf = async (token: string): Promise<number> => (await auth.get('/auth/me', bearer(token))).status;
const logOut = (headers: Record<string, string>, body?: unknown): Promise<Answer> =>
  auth.send('POST', '/auth/logout', body, headers);

async function giveL1Token(actorId: string, id: string, o: { kind?: string } = {}): Promise<void> {
  const { kind = 'l1' } = o;
  await auth.sql(
    `INSERT INTO auth.api_tokens (id, actor_id, label, scopes, kind, l1_server, token_hash, expires_at)
     VALUES ($1, $2, '', '{}', $3, $4, $5, now() + interval '1 day')`,
    [id, actorId, kind, kind === 'l1' ? 'https://l1.test' : null, `hash of ${id}`],
  );
}

async function eventsOf(actorId: string) {
  const rows = await auth.sql(`SELECT payload FROM auth.outbox WHERE type = 'user-logged-out' ORDER BY created_at, id`);
  const events = rows.map(({ payload }) => userLoggedOut.parse(JSON.parse(String(payload))));
  return events.filter(({ data }) => data.actor_id === actorId);
}

describe('POST /auth/logout', () => {
  it.each([
    ['its session token', (who: SignedIn) => bearer(who.session)],
    ['its access token', (who: SignedIn) => bearer(who.access)],
    ['the cookie session_token', (who: SignedIn) => ({ cookie: `session_token=${who.session}`, origin })],
    [
      'the cookie platform_token',
      (who: SignedIn) => ({ cookie: `platform_token=${who.cookies['platform_token']}`, origin }),
    ],
    [
      'platform_token behind a stale session_token',
      (who: SignedIn) => ({
        ...{ cookie: `session_token=stale; platform_token=${who.cookies['platform_token']}`, origin },
      }),
    ],
  ])('ends the session by %s, once and again, and leaves others be', async (_what, headersOf) => {
    const [first, second] = (await somebody(2)) as [SignedIn, SignedIn];
    for (let time = 0; time < 2; time += 1) {
      const { status, headers, body } = await logOut(headersOf(first));
      expect([status, body]).toEqual([200, { status: 'logged_out' }]);
      expect(headers.get('cache-control')).toBe('no-store');
      const lines = headers.getSetCookie();
      expect(lines[0]).toMatch(/^session_token=; Path=\/; Expires=Thu, 01 Jan 1970 .*HttpOnly; Secure; SameSite=Lax$/);
      expect(lines[1]).toMatch(/^platform_token=; Domain=\.l2\.test; Path=\/; Expires=Thu, 01 Jan 1970/);
      expect(lines).toHaveLength(2);
    }
    expect([await statusOf(first.session), await statusOf(first.access)]).toEqual([401, 401]);
    expect([await statusOf(second.session), await statusOf(second.access)]).toEqual([200, 200]);
    const events = await eventsOf(first.actorId);
    expect(events).toHaveLength(1);
    const denials = await auth.sql(
      `SELECT reason, username, expires_at - now() > interval '24 hours 30 seconds' AS outlives
       FROM auth.revoked_tokens WHERE jti = $1`,
      [events[0]?.data.session_id],
    );
    expect(denials).toEqual([{ reason: 'logout', username: first.username, outlives: true }]);
    const audit = (await auditOf(tables, first.actorId)).filter(({ action }) => action === 'logout');
    expect(audit).toMatchObject([{ target: events[0]?.data.session_id, data: { reason: 'logout', sessions: 1 } }]);
  });

  it('ends every session with {"all": true}, and each of them may log out again', async () => {
    const all = (await somebody(3)) as [SignedIn, SignedIn, SignedIn];
    expect((await logOut(bearer(all[0].session), { all: true })).status).toBe(200);
    for (const { session, access } of all) {
      expect([await statusOf(session), await statusOf(access)]).toEqual([401, 401]);
      expect((await logOut(bearer(session))).status).toBe(200);
    }
    const [event, ...more] = await eventsOf(all[0].actorId);
    expect(event?.data).toMatchObject({ all: true, session_id: null, reason: 'logout' });
    expect(more).toEqual([]);
  });

  it('ends nothing more by an ended session that asks for all', async () => {
    const [first, second] = (await somebody(2)) as [SignedIn, SignedIn];
    await logOut(bearer(first.session));
    expect((await logOut(bearer(first.session), { all: true })).status).toBe(200);
    expect(await statusOf(second.session)).toBe(200);
  });

  it('revokes the L1 tokens and tells which they were; API tokens stay', async () => {
    const who = await one();
    await giveL1Token(who.actorId, `tok_l1_${accounts}`);
    await giveL1Token(who.actorId, `tok_api_${accounts}`, { kind: 'api' });
    await logOut(bearer(who.access));
    const revoked = await auth.sql('SELECT id FROM auth.api_tokens WHERE actor_id = $1 AND revoked_at IS NOT NULL', [
      who.actorId,
    ]);
    expect(revoked).toEqual([{ id: `tok_l1_${accounts}` }]);
    const [denial] = await auth.sql('SELECT token_hash, reason FROM auth.revoked_tokens WHERE jti = $1', [
      `tok_l1_${accounts}`,
    ]);
    expect(denial).toEqual({ token_hash: `hash of tok_l1_${accounts}`, reason: 'logout' });
    const [event] = await eventsOf(who.actorId);
    expect(event?.data).toEqual({
      ...{ actor_id: who.actorId, username: who.username, session_id: expect.stringMatching(/^ses_/) },
      jtis: [expect.stringMatching(/^tok_/), `tok_l1_${accounts}`],
      l1_tokens: [
        { l1_server: 'https://l1.test', jti: `tok_l1_${accounts}`, token_hash: `hash of tok_l1_${accounts}` },
      ],
      ...{ all: false, reason: 'logout' },
    });
  });

  it('by an API key ends the L1 tokens and no session, or with all every session; the key lives on', async () => {
    const [first, second] = (await somebody(2)) as [SignedIn, SignedIn];
    const made = await auth.post('/auth/api-keys', { description: 'ci' }, bearer(first.session));
    const apiKey = { 'x-api-key': String(made.body.key) };
    await giveL1Token(first.actorId, `tok_key_${accounts}`);
    expect((await logOut(apiKey)).status).toBe(200);
    const [token] = await auth.sql('SELECT revoked_at FROM auth.api_tokens WHERE id = $1', [`tok_key_${accounts}`]);
    expect(token?.['revoked_at']).not.toBeNull();
    expect(await Promise.all([first, second].map(({ session }) => statusOf(session)))).toEqual([200, 200]);
    expect((await logOut(apiKey, { all: true })).status).toBe(200);
    expect(await Promise.all([first, second].map(({ session }) => statusOf(session)))).toEqual([401, 401]);
    expect((await auth.get('/auth/me', apiKey)).status).toBe(200);
  });

  it('leaves nothing behind of refreshing, minting and changing the password at the same moment', async () => {
    for (let round = 0; round < 5; round += 1) {
      const who = await one();
      const changed = { current_password: password, new_password: 'another horse battery' };
      const racing = await Promise.all([
        auth.post('/auth/refresh', { refresh_token: who.refresh }),
        auth.post('/v1/tokens', { label: 'race', scopes: ['read:*'] }, bearer(who.session)),
        auth.post('/auth/password', changed, bearer(who.session)),
        logOut(bearer(who.session)),
        logOut(bearer(who.session), { all: true }),
      ]);
      for (const { status } of racing) expect(status).toBeLessThan(500);
      expect(await statusOf(who.session)).toBe(401);
      expect(await statusOf(who.access)).toBe(401);
      const [refreshed] = racing;
      if (refreshed.status === 200) expect(await statusOf(refreshed.body.access_token)).toBe(401);
      const again = await auth.post('/auth/refresh', { refresh_token: refreshed.body.refresh_token ?? who.refresh });
      expect([again.status, again.body.code]).toEqual([400, 'invalid_grant']);
    }
  });

  it('makes one logout of many at once, and answers 200 to all', async () => {
    const who = await one();
    await giveL1Token(who.actorId, `tok_race_${accounts}`);
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, i) => logOut(bearer(i % 2 ? who.session : who.access))),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 200));
    expect(await eventsOf(who.actorId)).toHaveLength(1);
  });

  it('survives "all" from several sessions at once', async () => {
    const all = await somebody(4);
    const answers = await Promise.all(all.map(({ session }) => logOut(bearer(session), { all: true })));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(await eventsOf(all[0]?.actorId ?? '')).toHaveLength(1);
  });

  it('waits for whoever mints under the session, and nothing is minted after it', async () => {
    const who = await one();
    const { logout } = await tables.pgTransaction(
      async (client) => {
        // As minting does it: a share lock on the session, a new token, a commit.
        await client.query('SELECT 1 FROM sessions WHERE actor_id = $1 AND is_valid FOR SHARE', [who.actorId]);
        const pending = logOut(bearer(who.session));
        await new Promise((resolve) => setTimeout(resolve, 300));
        await client.query(
          `INSERT INTO api_tokens (id, actor_id, label, scopes, kind, l1_server, token_hash, expires_at)
         VALUES ('tok_late', $1, '', '{}', 'l1', 'https://l1.test', 'late', now() + interval '1 day')`,
          [who.actorId],
        );
        return { logout: pending };
      },
      { system: true },
    );
    expect((await logout).status).toBe(200);
    const [late] = await auth.sql(`SELECT revoked_at FROM auth.api_tokens WHERE id = 'tok_late'`);
    expect(late?.['revoked_at']).not.toBeNull();
  });

  it('answers 401 to nobody, to nonsense and to what has ended otherwise', async () => {
    const who = await one();
    await auth.sql(`UPDATE auth.sessions SET is_valid = false, end_reason = 'session_ended' WHERE actor_id = $1`, [
      who.actorId,
    ]);
    const codes = [
      ['unauthorized', {}],
      ['unauthorized', { cookie: 'session_token=x', origin }],
      ['unauthorized', { cookie: who.cookie, origin }],
      ['invalid_token', bearer(who.session)],
      ['invalid_token', bearer(who.access)],
      ['invalid_token', bearer('x'.repeat(43))],
      ['invalid_token', { authorization: 'MSign handle="x"' }],
      ['invalid_token', { 'x-api-key': 'dk_nonsense', cookie: who.cookie }],
    ] as const;
    for (const [code, headers] of codes) {
      const { status, body } = await logOut({ ...headers });
      expect([status, body.code]).toEqual([401, code]);
    }
    const { headers } = await logOut({ cookie: who.cookie, origin });
    expect(cookiesOf({ headers })).toEqual({ session_token: '', platform_token: '' });
  });

  it.each([['"all"'], ['[]'], ['{"all":"yes"}'], ['null']])('refuses %s', async (body) => {
    const who = await one();
    expect((await logOut(bearer(who.session), body)).status).toBe(422);
    expect(await statusOf(who.session)).toBe(200);
  });

  it('refuses other sites with 403 csrf, and lets Origin, Sec-Fetch-Site or the token pass', async () => {
    const who = await one();
    const { cookie } = who;
    const refused = [
      {},
      { origin: 'https://evil.test' },
      { origin: 'null' },
      { origin: 'https://sub.l2.test' },
      { origin: 'http://l2.test' },
      { origin: 'https://l2.test.evil.test' },
      { 'sec-fetch-site': 'same-site' },
      { 'x-csrf-token': csrfTokenOf('another') },
      { origin: 'https://evil.test', 'x-csrf-token': '' },
    ];
    for (const headers of refused) {
      const { status, body } = await logOut({ cookie, ...headers });
      expect([headers, status, body.code]).toEqual([headers, 403, 'csrf']);
    }
    expect(await statusOf(who.session)).toBe(200);
    for (const headers of [
      { origin },
      { 'sec-fetch-site': 'same-origin' },
      { 'x-csrf-token': csrfTokenOf(who.session) },
    ]) {
      expect((await logOut({ cookie, ...headers })).status).toBe(200);
    }
  });
});

describe('GET /auth/logout', () => {
  const leave = (query: string, headers: Record<string, string>): Promise<Answer> =>
    auth.get(`/auth/logout${query}`, headers);

  it('logs out and goes to return_to, if that is a path of ours', async () => {
    for (const [query, location] of [
      ['', '/'],
      ['?return_to=/assets', '/assets'],
      ['?return_to=//evil.test', '/'],
      ['?return_to=/a&return_to=/b', '/'],
      ['?return_to=https://evil.test/', '/'],
    ] as const) {
      const who = await one();
      const { status, headers } = await leave(query, { cookie: who.cookie });
      expect([query, status, headers.get('location')]).toEqual([query, 302, location]);
      expect(cookiesOf({ headers })).toEqual({ session_token: '', platform_token: '' });
      expect(await statusOf(who.session)).toBe(401);
    }
  });

  it('goes there too for nobody and for stale cookies, but refuses a bad header', async () => {
    expect((await leave('', {})).status).toBe(302);
    expect((await leave('', { cookie: 'session_token=stale' })).status).toBe(302);
    expect((await leave('', bearer('x'.repeat(43)))).status).toBe(401);
  });

  it('ends nothing for a page that a browser fetches on a guess', async () => {
    const who = await one();
    const page = await leave('', { cookie: who.cookie, 'sec-purpose': 'prefetch;prerender' });
    expect([page.status, page.headers.getSetCookie()]).toEqual([200, []]);
    expect(await statusOf(who.session)).toBe(200);
  });

  it('asks first when another site has sent the visitor, and logs out by the page’s form', async () => {
    const who = await one();
    const cookie = who.cookie;
    const page = await leave('?return_to=/a%22b', { cookie, 'sec-fetch-site': 'cross-site' });
    expect(page.status).toBe(200);
    expect(page.headers.get('content-type')).toMatch(/^text\/html/);
    expect(page.headers.get('content-security-policy')).toMatch(
      /default-src 'none'.*form-action 'self'.*frame-ancestors 'none'/,
    );
    expect(page.headers.getSetCookie()).toEqual([]);
    expect(await statusOf(who.session)).toBe(200);
    const html = String(page.body);
    const fields = [...html.matchAll(/name="(\w+)" value="([^"]*)"/g)].map(([, name = '', value = '']) => [
      name,
      value.replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code))),
    ]);
    expect(fields).toEqual([
      ['_csrf', csrfTokenOf(who.session)],
      ['return_to', '/a"b'],
    ]);
    const body = new URLSearchParams(Object.fromEntries(fields) as Record<string, string>).toString();
    const bad = await logOut({ ...form, cookie }, body.replace(/_csrf=[^&]*/, '_csrf=x'));
    expect([bad.status, bad.body.code]).toEqual([403, 'csrf']);
    const done = await logOut({ ...form, cookie }, body);
    expect([done.status, done.headers.get('location')]).toEqual([302, '/a%22b']);
    expect(await statusOf(who.session)).toBe(401);
  });
});
