import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openDatabase, type Database } from '@artdag/database/auth';
import { collectLogs, createTestDatabase, quietLogger, type TestDatabase } from '@artdag/testing';
import { startAuth, type RunningAuth } from '../start-auth.testing.ts';

let database: TestDatabase;
let tables: Database;
let auth: RunningAuth;
const logs = collectLogs();

const password = 'correct horse battery';
const giles = { username: 'giles', password, email: 'giles@example.org' };

beforeAll(async () => {
  database = await createTestDatabase();
  tables = openDatabase({ databaseUrl: database.url, max: 1 });
  auth = await startAuth({ databaseUrl: database.url, tables, logger: logs.logger });
  await auth.post('/auth/register', giles);
});
afterAll(async () => {
  await auth?.stop();
  await tables?.close();
  await database?.drop();
});

async function metric(line: string): Promise<number> {
  const text = await (await fetch(`${auth.url}/metrics`)).text();
  const found = text.split('\n').find((candidate) => candidate.startsWith(line));
  return Number(found?.split(' ').at(-1) ?? 0);
}

describe('POST /auth/login', () => {
  it.each([
    ['username', { username: 'giles' }],
    ['username in capitals', { username: 'GILES' }],
    ['e-mail address', { email: 'Giles@Example.org' }],
    ['login that is a handle', { login: 'giles' }],
    ['login that is an address', { login: 'giles@example.org' }],
  ])('answers 200 to the right password with %s', async (_what, name) => {
    const { status, headers, body } = await auth.post('/auth/login', { ...name, password });
    expect(status).toBe(200);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(Object.keys(body).toSorted()).toEqual([
      'access_token',
      'actor',
      'expires_at',
      'expires_in',
      'refresh_expires_at',
      'refresh_token',
      'session_token',
      'token_type',
    ]);
    expect(body.actor).toMatchObject({ actor_type: 'human', roles: ['microdao_owner'] });
  });

  it('makes a new session each time and remembers whence', async () => {
    const [first, second] = [await auth.post('/auth/login', giles), await auth.post('/auth/login', giles)];
    expect(first.body.session_token).not.toBe(second.body.session_token);
    const rows = await auth.sql(
      'SELECT ip, user_agent, method, is_valid FROM auth.sessions ORDER BY created_at DESC LIMIT 1',
    );
    expect(rows).toEqual([
      { ip: expect.stringMatching(/^10\./), user_agent: 'node', method: 'password', is_valid: true },
    ]);
    const [user] = await auth.sql("SELECT last_login_at > now() - interval '1 minute' AS recent FROM auth.users");
    expect(user).toEqual({ recent: true });
  });

  it('gives an unknown user, a wrong password and a name that is none the same answer for the same work', async () => {
    const tries = [
      { username: 'giles', password: 'wrong password' },
      { username: 'nobody', password },
      { email: 'nobody@example.org', password },
      { login: `x' OR '1'='1`, password },
      { username: 'gi\0les', password },
      { email: 'a\0b@example.org', password },
      { username: '\ud800', password },
    ];
    for (const attempt of tries) {
      const before = await metric('auth_password_hashes_total');
      const { status, headers, body } = await auth.post('/auth/login', attempt);
      expect(headers.get('www-authenticate')).toContain('Bearer');
      expect([status, body.detail, body.code]).toEqual([401, 'Invalid credentials', 'invalid_credentials']);
      expect((await metric('auth_password_hashes_total')) - before).toBe(1);
    }
  });

  it.each([
    ['nothing', '', 422],
    ['null', 'null', 422],
    ['an array', [giles], 422],
    ['no name', { password }, 422],
    ['no password', { username: 'giles' }, 422],
    ['an empty password', { username: 'giles', password: '' }, 422],
    ['a password object', { username: 'giles', password: { $gt: '' } }, 422],
    ['a name array', { username: ['giles'], password }, 422],
    ['an endless name', { username: 'g'.repeat(300), password }, 422],
    ['an endless password', { username: 'giles', password: 'x'.repeat(1025) }, 422],
    ['broken JSON', '{', 400],
    ['a megabyte', 'x'.repeat(1_000_000), 413],
  ])('refuses %s', async (_what, body, status) => {
    expect((await auth.post('/auth/login', body)).status).toBe(status);
  });

  it.each(['multipart/form-data; boundary=x', 'text/plain', ''])('answers 415 to %s', async (type) => {
    const answer = await auth.post('/auth/login', 'username=giles&password=x', { 'content-type': type });
    expect([answer.status, answer.body.code]).toEqual([415, 'unsupported_media_type']);
  });

  it('takes the password in either Unicode form', async () => {
    await auth.post('/auth/register', { username: 'zoe', password: 'Zoë’s passphrase'.normalize('NFC') });
    const decomposed = { username: 'zoe', password: 'Zoë’s passphrase'.normalize('NFD') };
    expect((await auth.post('/auth/login', decomposed)).status).toBe(200);
  });

  it('tells only those who know the password that an account is disabled', async () => {
    await auth.post('/auth/register', { username: 'disabled', password });
    await auth.sql(`UPDATE auth.actors SET status = 'disabled' WHERE handle = 'disabled'`);
    const right = await auth.post('/auth/login', { username: 'disabled', password });
    expect([right.status, right.body.code, right.body.detail]).toEqual([
      403,
      'account_disabled',
      'Account is disabled',
    ]);
    expect((await auth.post('/auth/login', { username: 'disabled', password: 'wrong' })).status).toBe(401);
    await auth.sql(`UPDATE auth.actors SET status = 'deleted' WHERE handle = 'disabled'`);
    expect((await auth.post('/auth/login', { username: 'disabled', password })).status).toBe(401);
  });

  it('counts logins by outcome', async () => {
    const ok = 'auth_logins_total{method="password",outcome="ok"}';
    const invalid = 'auth_logins_total{method="password",outcome="invalid_credentials"}';
    const before = [await metric(ok), await metric(invalid)] as const;
    await auth.post('/auth/login', giles);
    await auth.post('/auth/login', { ...giles, password: 'wrong' });
    expect([(await metric(ok)) - before[0], (await metric(invalid)) - before[1]]).toEqual([1, 1]);
  });

  it('answers 429 busy with Retry-After to those beyond the line, and serves those in it', async () => {
    const small = await startAuth({
      databaseUrl: database.url,
      tables,
      logger: quietLogger(),
      config: { passwordHashesAtOnce: 1, passwordHashesWaiting: 3 },
    });
    try {
      const answers = await Promise.all(
        Array.from({ length: 40 }, (_, i) => small.post('/auth/login', { username: `nobody-${i}`, password })),
      );
      const busy = answers.filter(({ status }) => status === 429);
      expect(answers.filter(({ status }) => status === 401).length).toBeGreaterThanOrEqual(4);
      expect(busy.length).toBeGreaterThanOrEqual(20);
      for (const { body, headers } of busy) {
        expect([body.code, headers.get('retry-after')]).toEqual(['busy', '1']);
      }
      expect((await small.post('/auth/login', giles)).status).toBe(200);
    } finally {
      await small.stop();
    }
  });

  it('logs neither passwords nor tokens nor addresses', async () => {
    const { body } = await auth.post('/auth/login', giles);
    const text = logs.text();
    expect(text).toContain('/auth/login');
    for (const secret of [password, body.session_token, body.access_token, giles.email, 'wrong password']) {
      expect(text).not.toContain(secret);
    }
  });
});
