import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openDatabase, type Database } from '@artdag/database/auth';
import { createTestDatabase, quietLogger, type TestDatabase } from '@artdag/testing';
import { startAuth, type Answer, type RunningAuth } from '../start-auth.testing.ts';
import { createInTransaction } from '../transaction.repository.ts';
import { createActor, type Birth, type NewActor } from './create-actor.ts';

let database: TestDatabase;
let tables: Database;
let auth: RunningAuth;

beforeAll(async () => {
  database = await createTestDatabase();
  tables = openDatabase({ databaseUrl: database.url, max: 4 });
  const env = { BOOTSTRAP_SYSADMINS: ' Chief@Example.org,deputy@example.org' };
  auth = await startAuth({ databaseUrl: database.url, tables, logger: quietLogger(), env });
});
afterAll(async () => {
  await auth?.stop();
  await tables?.close();
  await database?.drop();
});

const create = (input: NewActor, birth: Partial<Birth> = {}) =>
  createInTransaction(tables)(null, (execute) =>
    createActor(execute, input, { now: new Date(), requestId: 'req', ...birth }),
  );

async function post(body: object, service = 'identity'): Promise<Answer> {
  return await auth.post('/internal/actors', body, { 'x-actor-assertion': await auth.assertionOf(service) });
}

const count = async (table: string, where: string, value: string): Promise<number> =>
  Number((await auth.sql(`SELECT count(*)::int AS n FROM auth.${table} WHERE ${where}`, [value]))[0]?.['n']);

describe('POST /internal/actors', () => {
  const human = (n: string) => ({ ref: `SHA256:${n}`, actor_type: 'human', handle: `key-${n}`, method: 'public_key' });

  it('makes a person with an org of their own and tells of it, once per reference', async () => {
    const made = await post({ ...human('one'), display_name: 'One' });
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({ actor_type: 'human', handle: 'key-one', display_name: 'One', status: 'active' });
    expect(made.body).toMatchObject({ microdao_ids: ['microdao:key-one'], roles: ['microdao_owner'] });
    const again = await post({ ...human('one'), handle: 'another-name' });
    expect([again.status, again.body]).toEqual([200, made.body]);
    expect(await count('actors', 'handle = $1', 'another-name')).toBe(0);
    expect(
      await count('outbox', `type = 'user-registered' AND payload LIKE '%' || $1 || '%'`, made.body.actor_id),
    ).toBe(1);
  });

  it('makes one when ten ask at once with one reference, whatever handles they ask for', async () => {
    const asked = Array.from({ length: 10 }, (_, i) => post({ ...human('ten'), handle: `ten-${i % 3}` }));
    const answers = await Promise.all(asked);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 200, 200, 200, 200, 200, 200, 200, 200, 201]);
    expect(new Set(answers.map(({ body }) => body.actor_id)).size).toBe(1);
    expect(await count('actors', 'registration_ref LIKE $1', '%SHA256:ten')).toBe(1);
    expect(await count('orgs', 'public_id LIKE $1', 'microdao:ten-%')).toBe(1);
  });

  it('gives a handle to one of ten who ask for it at once', async () => {
    const asked = Array.from({ length: 10 }, (_, i) => post({ ...human(`race${i}`), handle: 'wanted' }));
    const answers = await Promise.all(asked);
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.filter(({ body }) => body.code === 'handle_taken')).toHaveLength(9);
  });

  it('gives agents longer handles, no org, and an owner who is there', async () => {
    const owner = (await post(human('owner'))).body.actor_id;
    const agent = {
      ref: 'agent-1',
      actor_type: 'agent',
      handle: 'a'.repeat(64),
      owner_actor_id: owner,
      method: 'agent',
    };
    const made = await post(agent);
    expect(made.body).toMatchObject({
      actor_id: expect.stringMatching(/^agent:/),
      microdao_ids: [],
      roles: ['agent'],
      org_id: null,
    });
    const orphan = await post({ ...agent, ref: 'agent-2', handle: 'orphan', owner_actor_id: 'user:nobody' });
    expect([orphan.status, orphan.body.code]).toEqual([422, 'owner_not_found']);
    const tooLong = await post({ ...human('long'), handle: 'a'.repeat(31) });
    expect([tooLong.status, tooLong.body.code]).toEqual([422, 'invalid_handle']);
  });

  it('never makes a sysadmin, whatever identity says', async () => {
    const body = { ...human('chief'), email: 'chief@example.org', email_verified: true, method: 'oidc' };
    expect((await post(body)).body.roles).toEqual(['microdao_owner']);
    expect((await post({ ...human('copy'), email: 'CHIEF@example.org' })).body.code).toBe('email_taken');
    await auth.sql(`UPDATE auth.actors SET email = NULL WHERE email = $1`, ['chief@example.org']);
  });

  it('is for identity alone, and takes nothing odd', async () => {
    expect((await auth.post('/internal/actors', human('x'))).status).toBe(401);
    expect((await post(human('x'), 'gateway')).status).toBe(403);
    const odd: object[] = [
      {},
      { ...human('x'), ref: '' },
      { ...human('x'), ref: 'a\0b' },
      { ...human('x'), ref: 'x'.repeat(257) },
      { ...human('x'), handle: 'a\0b' },
      { ...human('x'), handle: 'metrics' },
      { ...human('x'), actor_type: 'organisation' },
      { ...human('x'), display_name: 'a\0b' },
      { ...human('x'), owner_actor_id: 'a\0b' },
      { ...human('x'), email: 'nobody' },
      { ...human('x'), method: 'Drop Table' },
    ];
    for (const body of odd) expect([body, (await post(body)).status]).toEqual([body, 422]);
  });
});

describe('the bootstrap of sysadmins', () => {
  const sysadminEmails = new Set(['chief@example.org', 'deputy@example.org']);
  const byOidc = { actorType: 'human', email: 'chief@example.org', emailVerified: true, method: 'oidc' } as const;
  const isSysadmin = async (handle: string) =>
    (await auth.sql('SELECT is_sysadmin FROM auth.actors WHERE handle = $1', [handle]))[0]?.['is_sysadmin'];

  it('takes the first login by OIDC with a verified address that is listed', async () => {
    await create({ ...byOidc, handle: 'chief' }, { sysadminEmails });
    expect(await isSysadmin('chief')).toBe(true);
    const rows = await auth.sql(
      `SELECT 1 FROM auth.outbox WHERE type = 'user-registered' AND payload LIKE '%"chief"%'`,
    );
    expect(rows).toHaveLength(1);
  });

  it('takes nothing else', async () => {
    const deputy = { ...byOidc, email: 'deputy@example.org' };
    const others: [string, NewActor][] = [
      ['not verified', { ...deputy, handle: 'unverified', emailVerified: false }],
      ['another method', { ...deputy, handle: 'by-bluesky', method: 'atproto' }],
      ['an agent', { ...deputy, handle: 'an-agent', actorType: 'agent' }],
      ['not listed', { ...deputy, handle: 'unlisted', email: 'somebody@example.org' }],
      ['no address', { ...deputy, handle: 'addressless', email: null }],
    ];
    for (const [what, input] of others) {
      await create(input, { sysadminEmails });
      expect([what, await isSysadmin(input.handle)]).toEqual([what, false]);
      await auth.sql('UPDATE auth.actors SET email = NULL WHERE handle = $1', [input.handle]);
    }
  });

  it('is not reached by registering with a password and a listed address', async () => {
    const account = { username: 'deputy', password: 'correct horse battery', email: 'deputy@example.org' };
    const { status, body } = await auth.post('/auth/register', account);
    expect([status, body.actor.roles]).toEqual([201, ['microdao_owner']]);
    expect(await isSysadmin('deputy')).toBe(false);
  });
});
