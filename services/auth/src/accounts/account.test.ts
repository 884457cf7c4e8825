import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openDatabase, type Database } from '@artdag/database/auth';
import { createTestDatabase, quietLogger, type TestDatabase } from '@artdag/testing';
import { auditOf } from '../audit/audit.testing.ts';
import { cookiesOf } from '../cookies/cookies.testing.ts';
import { startAuth, type Answer, type RunningAuth } from '../start-auth.testing.ts';

let database: TestDatabase;
let tables: Database;
let auth: RunningAuth;

const password = 'correct horse battery';

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

interface Person {
  username: string;
  id: string;
  headers: { authorization: string };
  answer: Answer;
}

let people = 0;
async function person(more: { email?: string } = {}): Promise<Person> {
  people += 1;
  const username = `person-${people}`;
  const answer = await auth.post('/auth/register', { username, password, ...more });
  const { body } = answer;
  return { username, id: body.actor.actor_id, headers: { authorization: `Bearer ${body.session_token}` }, answer };
}

const me = (who: Person): Promise<Answer> => auth.get('/auth/me', who.headers);
const patch = (who: Person, body: unknown): Promise<Answer> => auth.send('PATCH', '/auth/me', body, who.headers);

describe('PATCH /auth/me', () => {
  it('changes name, address and active org, and answers with the whole as GET does', async () => {
    const who = await person({ email: 'before@example.org' });
    await auth.sql(
      `INSERT INTO auth.orgs (id, public_id, name, kind) VALUES ('org_crew', 'microdao:crew', 'Crew', 'team')`,
    );
    await auth.sql(`INSERT INTO auth.memberships (actor_id, org_id, role) VALUES ($1, 'org_crew', 'member')`, [who.id]);
    const changes = { display_name: ' Zoë of the crew ', email: 'After@Example.org', org_id: 'microdao:crew' };
    const { status, headers, body } = await patch(who, changes);
    expect([status, headers.get('cache-control')]).toEqual([200, 'no-store']);
    expect(body).toMatchObject({ display_name: 'Zoë of the crew', email: 'after@example.org', org_id: 'org_crew' });
    expect((await me(who)).body).toEqual(body);
    expect((await patch(who, { org_id: body.memberships[0].org_id })).body.org_id).toBe(body.memberships[0].org_id);
    expect((await patch(who, {})).status).toBe(200);
    expect((await patch(who, { email: null })).body.email).toBeNull();
  });

  it('tells of what is public only, with the next version, and never says an address in the audit log', async () => {
    const who = await person();
    await patch(who, { email: 'private@example.org' });
    const updates = async () =>
      (
        await auth.sql(
          `SELECT payload FROM auth.outbox WHERE type = 'user-updated' AND payload LIKE '%' || $1 || '%'`,
          [who.id],
        )
      ).map(({ payload }) => JSON.parse(String(payload)).subject_version);
    expect(await updates()).toEqual([]);
    await patch(who, { display_name: 'Someone' });
    await patch(who, { display_name: 'Someone' });
    expect(await updates()).toEqual([2]);
    const audit = await auditOf(tables, who.id);
    expect(audit.filter(({ action }) => action === 'account.updated').map(({ data }) => data)).toEqual([
      { fields: ['email'] },
      { fields: ['display_name'] },
    ]);
    expect(JSON.stringify(audit)).not.toContain('private@example.org');
  });

  it('answers 409 email_taken, also to the second of two at once, and 403 to a stranger’s org', async () => {
    const [first, second, third] = [await person({ email: 'taken@example.org' }), await person(), await person()];
    const taken = await patch(second, { email: 'TAKEN@example.org' });
    expect([taken.status, taken.body.code]).toEqual([409, 'email_taken']);
    const both = await Promise.all([second, third].map((who) => patch(who, { email: 'both@example.org' })));
    expect(both.map(({ status }) => status).toSorted()).toEqual([200, 409]);
    const org = (await me(first)).body.org_id;
    const foreign = await patch(second, { org_id: org });
    expect([foreign.status, foreign.body.code]).toEqual([403, 'not_a_member']);
  });

  it.each([
    [null],
    [[]],
    [{ display_name: '' }],
    [{ display_name: '   ' }],
    [{ display_name: 'x'.repeat(101) }],
    [{ display_name: 'a\0b' }],
    [{ display_name: 'a\nb' }],
    [{ display_name: '\ud800' }],
    [{ display_name: 'Ada\u202e (admin)' }],
    [{ display_name: '\u2067Ada' }],
    [{ display_name: 'Ada\u200f' }],
    [{ display_name: '\u200d' }],
    [{ display_name: 7 }],
    [{ email: 'nobody' }],
    [{ email: 'a\0b@example.org' }],
    [{ org_id: 'x' }],
    [{ org_id: 'org_\0' }],
    [{ is_sysadmin: true }],
    [{ username: 'other' }],
  ])('refuses %j', async (body) => {
    expect((await patch(await person(), body)).status).toBe(422);
  });
});

describe('POST /auth/password', () => {
  const change = (who: Person, current: unknown, next: unknown): Promise<Answer> =>
    auth.send('POST', '/auth/password', { current_password: current, new_password: next }, who.headers);
  const login = (who: Person, word: string): Promise<Answer> =>
    auth.post('/auth/login', { username: who.username, password: word });

  it('ends every session and its tokens, and gives the caller a new one', async () => {
    const who = await person();
    const other = await login(who, password);
    const { status, headers, body } = await change(who, password, 'another horse battery');
    expect(status).toBe(200);
    expect(Object.keys(body)).toEqual(Object.keys(who.answer.body));
    expect(cookiesOf({ headers })['session_token']).toBe(body.session_token);
    for (const token of [who.answer.body.session_token, who.answer.body.access_token, other.body.access_token]) {
      expect((await auth.get('/auth/me', { authorization: `Bearer ${token}` })).status).toBe(401);
    }
    expect((await auth.get('/auth/me', { authorization: `Bearer ${body.session_token}` })).status).toBe(200);
    expect((await login(who, password)).status).toBe(401);
    expect((await login(who, 'another horse battery')).status).toBe(200);
    const denials = await auth.sql('SELECT reason FROM auth.revoked_tokens WHERE actor_id = $1', [who.id]);
    expect(denials).toEqual([{ reason: 'password_changed' }, { reason: 'password_changed' }]);
    expect((await auditOf(tables, who.id)).map(({ action }) => action)).toContain('password.changed');
  });

  it('leaves API keys and API tokens', async () => {
    const who = await person();
    await auth.sql(
      `INSERT INTO auth.api_keys (id, key, key_prefix, actor_id, actor_data, description, scopes)
       VALUES ('k1', 'h1', 'dk_', $1, '{}', '', '{}')`,
      [who.id],
    );
    await auth.sql(
      `INSERT INTO auth.api_tokens (id, actor_id, label, scopes, kind, token_hash, expires_at)
       VALUES ('tok_1', $1, '', '{}', 'api', 'h1', now() + interval '1 day')`,
      [who.id],
    );
    expect((await change(who, password, 'another horse battery')).status).toBe(200);
    const rows = await auth.sql(
      `SELECT k.is_active, t.revoked_at FROM auth.api_keys k, auth.api_tokens t WHERE k.id = 'k1' AND t.id = 'tok_1'`,
    );
    expect(rows).toEqual([{ is_active: true, revoked_at: null }]);
  });

  it('refuses a wrong password, without ending anything, and slows guessing', async () => {
    const who = await person();
    for (let i = 0; i < 10; i += 1) {
      const { status, body } = await change(who, 'wrong', 'another horse battery');
      expect([status, body.code]).toEqual([403, 'wrong_password']);
    }
    const { status, body } = await change(who, password, 'another horse battery');
    expect([status, body.code]).toEqual([429, 'too_many_attempts']);
    expect((await me(who)).status).toBe(200);
  });

  it('lets one of two changes at once through', async () => {
    const who = await person();
    const answers = await Promise.all(
      ['first new password', 'second new password'].map((word) => change(who, password, word)),
    );
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 403]);
  });

  it.each([
    ['short', password, '1234567'],
    ['long', password, 'x'.repeat(129)],
    ['none', password, undefined],
    ['no current one', undefined, 'another horse battery'],
    ['an object', { $ne: '' }, 'another horse battery'],
  ])('answers 422 to %s', async (_what, current, next) => {
    expect((await change(await person(), current, next)).status).toBe(422);
  });
});

describe('DELETE /auth/me', () => {
  const leave = (who: Person, word: unknown): Promise<Answer> =>
    auth.send('DELETE', '/auth/me', { password: word }, who.headers);

  it('deletes the account for good: 204, no cookies, no credential, no second use of the name', async () => {
    const who = await person({ email: 'leaver@example.org' });
    const answer = await leave(who, password);
    expect([answer.status, cookiesOf(answer)]).toEqual([204, { session_token: '', platform_token: '' }]);
    expect((await me(who)).status).toBe(401);
    expect((await auth.post('/auth/login', { username: who.username, password })).status).toBe(401);
    const again = await auth.post('/auth/register', { username: who.username, password });
    expect([again.status, again.body.code]).toEqual([409, 'handle_taken']);
    const rows = await auth.sql('SELECT status, email FROM auth.actors WHERE id = $1', [who.id]);
    expect(rows).toEqual([{ status: 'deleted', email: null }]);
  });

  it('needs the password', async () => {
    const who = await person();
    const wrong = await leave(who, 'wrong');
    expect([wrong.status, wrong.body.code]).toEqual([403, 'wrong_password']);
    expect((await leave(who, undefined)).status).toBe(422);
    expect((await me(who)).status).toBe(200);
  });
});
