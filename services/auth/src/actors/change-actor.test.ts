import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openDatabase, type Database } from '@artdag/database/auth';
import { createTestDatabase, quietLogger, type TestDatabase } from '@artdag/testing';
import { adminOf } from '../admin/admin.testing.ts';
import { auditOf } from '../audit/audit.testing.ts';
import { startAuth, type Answer, type RunningAuth } from '../start-auth.testing.ts';

let database: TestDatabase;
let tables: Database;
let auth: RunningAuth;

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

async function ask(method: string, path: string, body?: object, service = 'identity'): Promise<Answer> {
  return await auth.send(method, path, body, { 'x-actor-assertion': await auth.assertionOf(service) });
}

interface Account {
  id: string;
  session: string;
}

let accounts = 0;

/** Somebody new who is signed in. */
async function somebody(): Promise<Account> {
  accounts += 1;
  const { body } = await auth.post('/auth/register', { username: `person-${accounts}`, password: 'correct horse' });
  return { id: body.actor.actor_id, session: body.session_token };
}

async function agentOf(owner: string, handle: string): Promise<string> {
  const agent = { ref: `agent:${handle}`, actor_type: 'agent', handle, owner_actor_id: owner, method: 'public_key' };
  return (await ask('POST', '/internal/actors', agent)).body.actor_id;
}

const me = async ({ session }: Account): Promise<number> =>
  (await auth.get('/auth/me', { authorization: `Bearer ${session}` })).status;
const statusOf = async (id: string): Promise<unknown> => (await ask('GET', `/internal/actors/${id}`)).body.status;
const end = (id: string, status = 'deleted', service?: string): Promise<Answer> =>
  ask('POST', `/internal/actors/${id}/end`, { status, reason: 'agent_ended' }, service);
const denials = async (id: string) => await auth.sql('SELECT reason FROM auth.revoked_tokens WHERE jti = $1', [id]);

describe('POST /internal/actors/{id}/end', () => {
  it('deletes a person: nothing of theirs is accepted when it answers, and repeating it is safe', async () => {
    const person = await somebody();
    expect(await me(person)).toBe(200);
    for (let i = 0; i < 2; i += 1) {
      const { status, body } = await end(person.id);
      expect([status, body.status, body.display_name]).toEqual([200, 'deleted', 'Deleted account']);
    }
    expect(await me(person)).toBe(401);
    expect(await denials(person.id)).toEqual([{ reason: 'account_deleted' }]);
    const log = await auditOf(tables, 'service:identity');
    expect(log.filter(({ target }) => target === person.id)).toEqual([
      expect.objectContaining({ action: 'account.deleted', data: { reason: 'agent_ended' } }),
    ]);
  });

  it('disables an agent, and deletes it after that; the other way round is 409', async () => {
    const agent = await agentOf((await somebody()).id, 'end-me-twice');
    expect((await end(agent, 'disabled')).body).toMatchObject({ status: 'disabled', version: 2 });
    expect((await end(agent, 'deleted')).body).toMatchObject({ status: 'deleted', version: 3 });
    expect([(await end(agent, 'disabled')).status, (await end(agent, 'disabled')).body.code]).toEqual([
      409,
      'account_deleted',
    ]);
  });

  it('deletes the agents of somebody who is deleted, and leaves the services', async () => {
    const owner = await somebody();
    const agents = await Promise.all(['crew-1', 'crew-2', 'crew-3'].map((handle) => agentOf(owner.id, handle)));
    await end(agents[2] ?? '', 'disabled');
    const service = { ref: 'x', actor_type: 'service', handle: 'crew-service', owner_actor_id: owner.id, method: 'x' };
    const { actor_id: serviceId } = (await ask('POST', '/internal/actors', service)).body;
    const other = await agentOf((await somebody()).id, 'not-theirs');
    expect((await end(owner.id)).status).toBe(200);
    expect(await Promise.all(agents.map(statusOf))).toEqual(['deleted', 'deleted', 'deleted']);
    for (const agent of agents) expect(await denials(agent)).toEqual([{ reason: 'account_deleted' }]);
    expect(await Promise.all([serviceId, other].map(statusOf))).toEqual(['active', 'active']);
  });

  it('refuses the agents of somebody who is disabled, for as long as that lasts', async () => {
    const owner = await somebody();
    const [busy, idle] = [await agentOf(owner.id, 'hand-1'), await agentOf(owner.id, 'hand-2')];
    await end(idle, 'disabled');
    const refused = async (): Promise<unknown> =>
      (await ask('POST', '/internal/auth/tokens/status', { ids: [busy, idle] }, 'gateway')).body.revoked;
    expect(await refused()).toEqual({ [idle]: 'account_disabled' });
    expect((await end(owner.id, 'disabled')).status).toBe(200);
    expect(await refused()).toEqual({ [busy]: 'owner_disabled', [idle]: 'account_disabled' });
    expect(await statusOf(busy)).toBe('active');
    expect((await adminOf(auth.url)('user', 'enable', owner.id)).code).toBe(0);
    expect(await refused()).toEqual({ [idle]: 'account_disabled' });
  });

  it('deletes on a repeat the agents that an interruption has left', async () => {
    const owner = await somebody();
    const agent = await agentOf(owner.id, 'left-over');
    await auth.sql(`UPDATE auth.actors SET status = 'deleted' WHERE id = $1`, [owner.id]);
    expect((await end(owner.id)).status).toBe(200);
    expect(await statusOf(agent)).toBe('deleted');
  });

  it('disables an agent of theirs that is the last owner of an org with members', async () => {
    const owner = await somebody();
    const agent = await agentOf(owner.id, 'org-keeper');
    const { body: org } = await ask('POST', '/internal/orgs', { slug: 'kept', name: 'Kept', owner_actor_id: agent });
    await auth.sql(`INSERT INTO auth.memberships (actor_id, org_id, role) VALUES ($1, $2, 'member')`, [
      (await somebody()).id,
      org.id,
    ]);
    expect((await end(agent)).body.code).toBe('last_owner');
    expect((await end(owner.id)).status).toBe(200);
    expect(await statusOf(agent)).toBe('disabled');
    expect(await denials(agent)).toEqual([{ reason: 'account_disabled' }]);
  });

  it('ends nobody else: not an unknown actor, nor a service, nor the last sysadmin', async () => {
    const person = await somebody();
    await auth.sql('UPDATE auth.actors SET is_sysadmin = true WHERE id = $1', [person.id]);
    expect((await end(person.id)).body.code).toBe('last_sysadmin');
    for (const id of ['user:nobody', 'service:identity', 'user:a%00b', 'x', 'user:%27;--']) {
      expect([(await end(id)).status, (await end(id)).body.code]).toEqual([404, 'actor_not_found']);
    }
    expect((await ask('POST', `/internal/actors/${person.id}/end`, { status: 'active', reason: 'x' })).status).toBe(
      422,
    );
    expect((await end(person.id, 'deleted', 'gateway')).status).toBe(403);
    expect(await me(person)).toBe(200);
  });
});

describe('PATCH /internal/actors/{id}', () => {
  const rename = (id: string, name: unknown, service?: string): Promise<Answer> =>
    ask('PATCH', `/internal/actors/${id}`, { display_name: name }, service);

  it('changes the name, tells of it, and everybody sees it', async () => {
    const { id, session } = await somebody();
    const { status, body } = await rename(id, '  New Name ');
    expect([status, body.display_name, body.version]).toEqual([200, 'New Name', 2]);
    const shown = await auth.get('/auth/me', { authorization: `Bearer ${session}` });
    expect(shown.body.display_name).toBe('New Name');
    await rename(id, 'New Name');
    const told = `SELECT 1 FROM auth.outbox WHERE type = 'user-updated' AND payload::jsonb ->> 'subject' = $1`;
    expect(await auth.sql(told, [id])).toHaveLength(1);
  });

  it.each([[''], [' '], ['a\u0000b'], ['a\nb'], ['x'.repeat(101)], [7], [null]])(
    'refuses the name %j',
    async (name) => {
      expect((await rename('user:nobody', name)).status).toBe(422);
    },
  );

  it('is for identity, and for those who are there', async () => {
    const { id } = await somebody();
    expect((await rename(id, 'x', 'federation')).status).toBe(403);
    await end(id);
    for (const ref of [id, 'user:nobody', 'service:x']) expect((await rename(ref, 'x')).status).toBe(404);
  });
});

describe('GET /internal/sessions/{id}', () => {
  const sessionOf = async ({ id }: Account): Promise<string> =>
    String((await auth.sql('SELECT id FROM auth.sessions WHERE actor_id = $1', [id]))[0]?.['id']);

  it('says when a live session began, a dead one is none', async () => {
    const person = await somebody();
    const id = await sessionOf(person);
    const { status, body } = await ask('GET', `/internal/sessions/${id}`);
    expect([status, body.actor_id]).toEqual([200, person.id]);
    expect(Math.abs(Date.parse(body.started_at) - Date.now())).toBeLessThan(60_000);
    expect((await ask('GET', `/internal/sessions/${id}`, undefined, 'gateway')).status).toBe(403);
    await auth.post('/auth/logout', {}, { authorization: `Bearer ${person.session}` });
    expect((await ask('GET', `/internal/sessions/${id}`)).status).toBe(404);
  });

  it.each(['ses_none', 'ses_%00', 'x'])('knows no %s', async (id) => {
    expect((await ask('GET', `/internal/sessions/${id}`)).status).toBe(404);
  });
});

describe('GET /internal/orgs/{id}/members/{actor_id}', () => {
  it('says the role of a member, and that others have none', async () => {
    const [owner, other] = [await somebody(), await somebody()];
    const wanted = { slug: 'guild', name: 'Guild', owner_actor_id: owner.id };
    const { body: org } = await ask('POST', '/internal/orgs', wanted);
    const path = `/internal/orgs/${org.id}/members`;
    const answer = await ask('GET', `${path}/${owner.id}`);
    expect([answer.status, answer.body]).toEqual([200, { org_id: org.id, actor_id: owner.id, role: 'owner' }]);
    for (const id of [other.id, 'user:a%00b', 'x']) {
      expect((await ask('GET', `${path}/${id}`)).body.code).toBe('not_a_member');
    }
    expect((await ask('GET', `/internal/orgs/org_%00/members/${owner.id}`)).status).toBe(404);
    expect((await ask('GET', `${path}/${owner.id}`, undefined, 'gateway')).status).toBe(403);
  });
});
