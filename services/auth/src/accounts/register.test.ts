import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openDatabase, type Database } from '@artdag/database/auth';
import { createTestDatabase, quietLogger, type TestDatabase } from '@artdag/testing';
import { startAuth, type RunningAuth } from '../start-auth.testing.ts';

let database: TestDatabase;
let tables: Database;
let auth: RunningAuth;

beforeAll(async () => {
  database = await createTestDatabase();
  tables = openDatabase({ databaseUrl: database.url, max: 1 });
  auth = await startAuth({ databaseUrl: database.url, tables, logger: quietLogger() });
});
afterAll(async () => {
  await auth?.stop();
  await tables?.close();
  await database?.drop();
});

const password = 'correct horse battery';

describe('POST /auth/register', () => {
  it('answers 201 with a session, an access token and the actor, and is not to be cached', async () => {
    const { status, headers, body } = await auth.post('/auth/register', {
      username: 'Giles',
      password,
      email: 'Giles@Example.org',
    });
    expect(status).toBe(201);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(body).toEqual({
      session_token: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/),
      actor: {
        actor_id: expect.stringMatching(/^user:[0-9a-z]{26}$/),
        actor_type: 'human',
        microdao_ids: ['microdao:giles'],
        roles: ['microdao_owner'],
      },
      expires_at: expect.stringMatching(/Z$/),
      access_token: expect.stringMatching(/^eyJ/),
      token_type: 'Bearer',
      expires_in: 3600,
      refresh_token: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/),
      refresh_expires_at: body.expires_at,
    });
    const sevenDaysMs = 7 * 24 * 3600_000;
    expect(Date.parse(body.expires_at) - Date.now()).toBeGreaterThan(sevenDaysMs - 60_000);
  });

  it('stores actor, user, personal org, membership, hashed session and the event, all or nothing', async () => {
    const { body } = await auth.post('/auth/register', { username: 'stored', password });
    const [actor] = await auth.sql(`SELECT * FROM auth.actors WHERE handle = 'stored'`);
    expect(actor).toMatchObject({ id: body.actor.actor_id, email: null, status: 'active', version: 1 });
    const [user] = await auth.sql('SELECT * FROM auth.users WHERE actor_id = $1', [body.actor.actor_id]);
    expect(user?.['password_hash']).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    const members = await auth.sql(
      `SELECT o.public_id, o.kind, m.role FROM auth.memberships m JOIN auth.orgs o ON o.id = m.org_id
       WHERE m.actor_id = $1 AND o.id = $2`,
      [body.actor.actor_id, actor?.['personal_org_id']],
    );
    expect(members).toEqual([{ public_id: 'microdao:stored', kind: 'personal', role: 'owner' }]);
    const [outbox] = await auth.sql(
      `SELECT routing_key, payload FROM auth.outbox WHERE type = 'user-registered' AND payload LIKE '%"stored"%'`,
    );
    expect(outbox?.['routing_key']).toBe('auth.user-registered');
    expect(JSON.parse(String(outbox?.['payload']))).toMatchObject({
      subject: body.actor.actor_id,
      subject_version: 1,
      producer: 'auth',
      data: { username: 'stored', actor_type: 'human', display_name: 'stored', method: 'password' },
    });
    const sessions = await auth.sql('SELECT * FROM auth.sessions');
    expect(JSON.stringify(sessions)).not.toContain(body.session_token);
  });

  it.each([
    ['no body', '', 422],
    ['an array', [], 422],
    ['null', 'null', 422],
    ['a string', '"giles"', 422],
    ['broken JSON', '{"username":', 400],
    ['invalid UTF-8 in disguise', '{"username":"\\ud800abc","password":"12345678"}', 422],
    ['no username', { password }, 422],
    ['a number as username', { username: 7, password }, 422],
    ['an object as username', { username: { $ne: null }, password }, 422],
    ['two letters', { username: 'ab', password }, 422],
    ['31 letters', { username: 'a'.repeat(31), password }, 422],
    ['a leading hyphen', { username: '-abc', password }, 422],
    ['a trailing hyphen', { username: 'abc-', password }, 422],
    ['a dot', { username: 'a.b.c', password }, 422],
    ['a path', { username: '../../etc', password }, 422],
    ['a NUL', { username: 'abc\0def', password }, 422],
    ['a cyrillic look-alike', { username: 'gіles', password }, 422],
    ['SQL', { username: `x'; DROP TABLE users;--`, password }, 422],
    ['a reserved name', { username: 'Admin', password }, 422],
    ['a reserved path of ours', { username: 'well-known', password }, 422],
    ['a short password', { username: 'shorty', password: '1234567' }, 422],
    ['a long password', { username: 'longy', password: 'x'.repeat(129) }, 422],
    ['a megabyte of password', { username: 'huge', password: 'x'.repeat(1_000_000) }, 413],
    ['no e-mail address', { username: 'mailer', password, email: 'nobody' }, 422],
    ['an address with NUL', { username: 'mailer', password, email: 'a\0b@example.org' }, 422],
  ])('refuses %s', async (_what, body, status) => {
    const answer = await auth.post('/auth/register', body);
    expect(answer.status).toBe(status);
    expect(answer.body).toMatchObject({ detail: expect.anything(), code: expect.any(String) });
  });

  it('names the field and the reason of a 422', async () => {
    const { body } = await auth.post('/auth/register', { username: 'ab', password });
    expect(body).toMatchObject({
      code: 'validation_error',
      detail: [{ loc: ['body', 'username'], msg: expect.stringContaining('3 to 30'), type: expect.any(String) }],
    });
  });

  it('takes JSON only', async () => {
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    expect((await auth.post('/auth/register', 'username=a', form)).status).toBe(415);
  });

  it('answers 409 handle_taken and email_taken, whatever the case', async () => {
    await auth.post('/auth/register', { username: 'first', password, email: 'first@example.org' });
    const handle = await auth.post('/auth/register', { username: 'FIRST', password });
    expect([handle.status, handle.body.code]).toEqual([409, 'handle_taken']);
    const email = await auth.post('/auth/register', { username: 'second', password, email: 'FIRST@example.org' });
    expect([email.status, email.body.code]).toEqual([409, 'email_taken']);
  });

  it('lets one of many racing registrations through and leaves no rows of the others', async () => {
    const names = ['racer', 'Racer', 'RACER', 'raceR'];
    const racing = [
      ...names.map((username, i) => ({ username, password, email: `racer${i}@example.org` })),
      ...names.map((_, i) => ({ username: `mailracer${i}`, password, email: 'racer@example.org' })),
    ];
    const answers = await Promise.all(racing.map((body) => auth.post('/auth/register', body)));
    const codes = (part: typeof answers) => part.map(({ status, body }) => body.code ?? status).toSorted();
    expect(codes(answers.slice(0, 4))).toEqual([201, 'handle_taken', 'handle_taken', 'handle_taken']);
    expect(codes(answers.slice(4))).toEqual([201, 'email_taken', 'email_taken', 'email_taken']);
    const orphans = await auth.sql(
      `SELECT a.id FROM auth.actors a
         LEFT JOIN auth.users u ON u.actor_id = a.id LEFT JOIN auth.memberships m ON m.actor_id = a.id
         LEFT JOIN auth.sessions s ON s.actor_id = a.id LEFT JOIN auth.orgs o ON o.id = a.personal_org_id
       WHERE u.actor_id IS NULL OR m.actor_id IS NULL OR s.id IS NULL OR o.id IS NULL
       UNION ALL SELECT o.id FROM auth.orgs o LEFT JOIN auth.memberships m ON m.org_id = o.id WHERE m.org_id IS NULL`,
    );
    expect(orphans).toEqual([]);
    const [count] = await auth.sql(
      `SELECT (SELECT count(*) FROM auth.actors)::int AS actors,
              (SELECT count(*) FROM auth.outbox WHERE type = 'user-registered')::int AS events`,
    );
    expect(count?.['events']).toBe(count?.['actors']);
  });

  it('does not put an account under the name of an org that is there already', async () => {
    await auth.sql(
      `INSERT INTO auth.orgs (id, public_id, name, kind) VALUES ('org_x', 'microdao:crew', 'Crew', 'team')`,
    );
    const { status, body } = await auth.post('/auth/register', { username: 'crew', password });
    expect([status, body.code]).toEqual([409, 'handle_taken']);
    expect(await auth.sql(`SELECT 1 FROM auth.actors WHERE handle = 'crew'`)).toEqual([]);
  });
});
