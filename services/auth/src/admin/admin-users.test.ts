import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openDatabase, type Database } from '@artdag/database/auth';
import { createTestDatabase, quietLogger, type TestDatabase } from '@artdag/testing';
import { startAuth, type Answer, type RunningAuth } from '../start-auth.testing.ts';
import { adminOf, auditOf, type Ran } from './admin.testing.ts';

let database: TestDatabase;
let tables: Database;
let auth: RunningAuth;
let admin: (...args: string[]) => Promise<Ran>;

beforeAll(async () => {
  database = await createTestDatabase();
  tables = openDatabase({ databaseUrl: database.url, max: 1 });
  auth = await startAuth({ databaseUrl: database.url, tables, logger: quietLogger() });
  admin = adminOf(auth.url);
});
afterAll(async () => {
  await auth?.stop();
  await tables?.close();
  await database?.drop();
});

const password = 'correct horse battery';
let counter = 0;

async function register(prefix: string): Promise<{ handle: string; id: string; body: Answer['body'] }> {
  const handle = `${prefix}${(counter += 1)}`;
  const email = `${handle}@example.org`;
  const { status, body } = await auth.post('/auth/register', { username: handle, password, email }, from());
  expect(status).toBe(201);
  return { handle, id: body.actor.actor_id, body };
}

/** Each call from an address of its own, so that no limit is met. */
const from = (): Record<string, string> => ({ 'x-forwarded-for': `10.1.${counter >> 8}.${counter & 255}` });
const login = (username: string): Promise<Answer> => auth.post('/auth/login', { username, password }, from());
const me = async (token: string): Promise<number> =>
  (await auth.get('/auth/me', { authorization: `Bearer ${token}` })).status;
const meByKey = async (key: string): Promise<number> => (await auth.get('/auth/me', { 'x-api-key': key })).status;
const audited = (action: string, target: string) => auditOf(tables, action, target);
const eventsOf = async (type: string, id: string): Promise<Record<string, unknown>[]> => {
  const rows = await auth.sql(`SELECT payload FROM auth.outbox WHERE type = $1 AND payload LIKE '%' || $2 || '%'`, [
    type,
    id,
  ]);
  return rows.map(({ payload }) => JSON.parse(String(payload)));
};

describe('artdag-admin user', () => {
  it('shows an account by its handle or its id, and records the look', async () => {
    const { handle, id } = await register('shown');
    const byHandle = await admin('user', 'show', handle, '--json');
    const byId = await admin('user', 'show', id, '--json');
    expect(byHandle.json).toMatchObject({ actor_id: id, handle, status: 'active', is_sysadmin: false });
    expect(byId.json).toEqual(byHandle.json);
    expect((await admin('user', 'show', handle)).out).toContain(`status     active`);
    expect(await audited('admin.read', id)).toHaveLength(3);
  });

  it('fails with a sentence and exit code 1 for nobody', async () => {
    for (const ref of ['nobody', 'user:nobody', 'a\0b', '../keys', 'x'.repeat(5000)]) {
      const { code, err, out } = await admin('user', 'disable', ref);
      expect([ref, code, out]).toEqual([ref, 1, '']);
      expect(err).toMatch(/^artdag-admin: (There is no actor|auth answered|.*\bURI\b)/);
    }
  });

  it('disables: sessions, access tokens, API tokens and keys end at once, and nobody gets in', async () => {
    const { handle, id, body } = await register('disabled');
    const second = (await login(handle)).body;
    const bearer = { authorization: `Bearer ${body.session_token}` };
    const key = (await auth.post('/auth/api-keys', { description: 'k' }, bearer)).body.key;
    const token = (await auth.post('/v1/tokens', { label: 't', scopes: ['read:*'] }, bearer)).body.token;
    const carried = [body.session_token, second.session_token, body.access_token, second.access_token, token];
    for (const good of carried) expect(await me(good)).toBe(200);
    expect(await meByKey(key)).toBe(200);

    const { code, json } = await admin('user', 'disable', handle, '--json');
    expect([code, json.status]).toEqual([0, 'disabled']);
    for (const dead of carried) expect(await me(dead)).toBe(401);
    expect(await meByKey(key)).toBe(401);
    const refreshed = await auth.post('/auth/refresh', { refresh_token: body.refresh_token });
    expect([refreshed.status, refreshed.body.code]).toEqual([400, 'invalid_grant']);
    const again = await login(handle);
    expect([again.status, again.body.code]).toEqual([403, 'account_disabled']);

    expect(await eventsOf('user-disabled', id)).toMatchObject([{ subject: id, subject_version: 2 }]);
    expect(await eventsOf('user-logged-out', id)).toMatchObject([{ data: { all: true, reason: 'account_disabled' } }]);
    expect(await audited('account.disabled', id)).toMatchObject([
      { actor_id: 'service:admin', data: { operator: 'ops' } },
    ]);
    const lasting = `SELECT 1 AS one FROM auth.revoked_tokens WHERE jti = $1 AND expires_at > now() + interval '1000 years'`;
    expect(await auth.sql(lasting, [id])).toHaveLength(1);
    // A repeat is safe, and no second disabling.
    expect((await admin('user', 'disable', handle)).code).toBe(0);
    expect(await audited('account.disabled', id)).toHaveLength(1);
  });

  it('enables: a new login works at once, what was dead stays dead', async () => {
    const { handle, id, body } = await register('enabled');
    const bearer = { authorization: `Bearer ${body.session_token}` };
    const key = (await auth.post('/auth/api-keys', { description: 'k' }, bearer)).body.key;
    await admin('user', 'disable', handle);
    const { code, out } = await admin('user', 'enable', handle);
    expect([code, out]).toEqual([0, `${handle} (${id}) is enabled; it logs in anew.\n`]);
    const fresh = await login(handle);
    expect([fresh.status, await me(fresh.body.session_token)]).toEqual([200, 200]);
    expect([await me(body.session_token), await me(body.access_token), await meByKey(key)]).toEqual([401, 401, 401]);
    expect(await eventsOf('user-updated', id)).toMatchObject([{ subject_version: 3 }]);
    // And it can be disabled once more.
    await admin('user', 'disable', handle);
    expect(await me(fresh.body.session_token)).toBe(401);
  });

  it('deletes: personal data are gone, the handle stays taken, nothing brings it back', async () => {
    const { handle, id, body } = await register('deleted');
    expect((await admin('user', 'delete', handle)).code).toBe(0);
    expect(await me(body.session_token)).toBe(401);
    const again = await login(handle);
    expect([again.status, again.body.code]).toEqual([401, 'invalid_credentials']);
    const taken = await auth.post('/auth/register', { username: handle, password }, from());
    expect([taken.status, taken.body.code]).toEqual([409, 'handle_taken']);
    const free = await auth.post(
      '/auth/register',
      { username: `${handle}x`, password, email: `${handle}@example.org` },
      from(),
    );
    expect(free.status).toBe(201);
    const [row] = await auth.sql(
      `SELECT a.email, a.display_name, a.status, u.password_hash,
              (SELECT count(*)::int FROM auth.sessions s WHERE s.actor_id = a.id AND (ip IS NOT NULL OR user_agent IS NOT NULL)) AS traces
       FROM auth.actors a JOIN auth.users u ON u.actor_id = a.id WHERE a.id = $1`,
      [id],
    );
    expect(row).toEqual({
      email: null,
      display_name: 'Deleted account',
      status: 'deleted',
      password_hash: null,
      traces: 0,
    });
    expect(await eventsOf('user-deleted', id)).toMatchObject([{ subject_version: 2 }]);
    for (const change of ['enable', 'disable']) {
      const { code, err } = await admin('user', change, handle);
      expect([code, err]).toEqual([1, expect.stringContaining('account_deleted')]);
    }
    expect((await admin('user', 'delete', handle)).code).toBe(0);
  });

  it('lets no login slip through while it disables', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { handle } = await register('raced');
      const logins = Array.from({ length: 4 }, () => login(handle));
      const [disabled, ...answers] = await Promise.all([admin('user', 'disable', handle), ...logins]);
      expect(disabled.code).toBe(0);
      for (const { status, body } of answers) {
        expect([200, 401, 403]).toContain(status);
        if (status === 200) expect(await me(body.session_token)).toBe(401);
        if (status === 200) expect(await me(body.access_token)).toBe(401);
      }
    }
  });

  it('ends thousands of sessions in one go', async () => {
    const { handle, id, body } = await register('many');
    await auth.sql(
      `INSERT INTO auth.sessions (token, id, actor_id, actor_data, method, expires_at)
       SELECT 'hash' || n, 'ses_many' || n, $1, '{}', 'password', now() + interval '1 day' FROM generate_series(1, 5000) n`,
      [id],
    );
    const startedAt = performance.now();
    expect((await admin('user', 'disable', handle)).code).toBe(0);
    expect(performance.now() - startedAt).toBeLessThan(20_000);
    expect(await me(body.session_token)).toBe(401);
    const [count] = await auth.sql(`SELECT count(*)::int AS n FROM auth.revoked_tokens WHERE actor_id = $1`, [id]);
    expect(count?.['n']).toBe(5002);
  });
});

describe('artdag-admin sysadmin', () => {
  it('grants and revokes the office, ends the sessions that carry it, and keeps the last one', async () => {
    const first = await register('chief');
    const second = await register('deputy');
    const granted = await admin('sysadmin', 'grant', first.handle, '--json');
    expect(granted.json).toMatchObject({ is_sysadmin: true, roles: expect.arrayContaining(['system_admin']) });
    expect((await auth.get('/auth/me', { authorization: `Bearer ${first.body.session_token}` })).body.is_sysadmin).toBe(
      true,
    );
    for (const args of [
      ['sysadmin', 'revoke'],
      ['user', 'disable'],
      ['user', 'delete'],
    ]) {
      const { code, err } = await admin(...args, first.handle);
      expect([args, code, err]).toEqual([args, 1, expect.stringContaining('last_sysadmin')]);
    }
    await admin('sysadmin', 'grant', second.handle);
    // Both at once: one of them stays.
    const both = await Promise.all([
      admin('user', 'disable', first.handle),
      admin('sysadmin', 'revoke', second.handle),
    ]);
    expect(both.map(({ code }) => code).toSorted()).toEqual([0, 1]);
    const [left] = await auth.sql(`SELECT count(*)::int AS n FROM auth.actors WHERE is_sysadmin AND status = 'active'`);
    expect(left?.['n']).toBe(1);
    const third = await register('former');
    await admin('sysadmin', 'grant', third.handle);
    expect((await admin('sysadmin', 'revoke', third.handle)).code).toBe(0);
    expect(await me(third.body.access_token)).toBe(401);
    expect((await login(third.handle)).body.actor.roles).not.toContain('system_admin');
    expect(await audited('sysadmin.revoked', third.id)).toHaveLength(1);
  });

  it('is for active people only', async () => {
    const bot = await admin('actor', 'create', '--type', 'agent', '--handle', 'office-bot', '--json');
    expect((await admin('sysadmin', 'grant', bot.json.actor_id)).err).toContain('not_human');
    const { handle } = await register('sleeper');
    await admin('user', 'disable', handle);
    expect((await admin('sysadmin', 'grant', handle)).err).toContain('not_active');
  });
});
