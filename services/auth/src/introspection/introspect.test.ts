import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { allScopes } from '@artdag/actor-context';
import { openDatabase, type Database } from '@artdag/database/auth';
import { createTestDatabase, quietLogger, type TestDatabase } from '@artdag/testing';
import { startAuth, type Answer, type RunningAuth } from '../start-auth.testing.ts';

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

async function introspect(body: unknown, service = 'gateway'): Promise<Answer> {
  const assertion = await auth.assertionOf(service);
  return await auth.post('/internal/auth/introspect', body, { 'x-actor-assertion': assertion });
}

describe('POST /internal/auth/introspect', () => {
  it('tells the gateway whom a session token stands for, with the roles of now', async () => {
    const { body } = await auth.post('/auth/register', { username: 'giles', password: 'correct horse' });
    const { session_token: token, actor } = body;
    const first = await introspect({ token });
    expect(first.status).toBe(200);
    expect(first.body).toEqual({
      active: true,
      actor,
      username: 'giles',
      org_id: expect.stringMatching(/^org_/),
      scopes: [...allScopes],
      sid: expect.stringMatching(/^ses_/),
      jti: null,
      method: 'bearer',
      token_use: 'session',
      expires_at: expect.stringMatching(/Z$/),
    });
    await auth.sql(`UPDATE auth.actors SET is_sysadmin = true WHERE handle = 'giles'`);
    expect((await introspect({ token })).body.actor.roles).toEqual(['system_admin', 'microdao_owner']);
    await auth.sql(`UPDATE auth.actors SET status = 'disabled' WHERE handle = 'giles'`);
    expect((await introspect({ token })).body).toEqual({ active: false });
  });

  it.each(['x'.repeat(43), 'short', 'a.b.c', '\0', '\ud800', 'é'.repeat(43)])('says inactive to %j', async (token) => {
    const { status, body } = await introspect({ token });
    expect([status, body]).toEqual([200, { active: false }]);
  });

  it.each([[{}], [[]], [{ token: 7 }], [{ token: '' }], [{ token: 'x'.repeat(5000) }]])('refuses %j', async (body) => {
    expect((await introspect(body)).status).toBe(422);
  });

  it('is the gateway’s alone', async () => {
    expect((await introspect({ token: 'x' }, 'identity')).status).toBe(403);
    expect((await auth.post('/internal/auth/introspect', { token: 'x' })).status).toBe(401);
  });
});

describe('GET /internal/actors/{actor_id}', () => {
  it('tells services about an actor, disabled or not', async () => {
    const { body } = await auth.post('/auth/register', { username: 'anya', password: 'correct horse' });
    const path = `/internal/actors/${body.actor.actor_id}`;
    const headers = { 'x-actor-assertion': await auth.assertionOf('identity') };
    const { status, body: actor } = await auth.get(path, headers);
    expect(status).toBe(200);
    expect(actor).toEqual({
      ...body.actor,
      username: 'anya',
      handle: 'anya',
      display_name: 'anya',
      status: 'active',
      version: 1,
      org_id: expect.stringMatching(/^org_/),
    });
    await auth.sql(`UPDATE auth.actors SET status = 'disabled' WHERE handle = 'anya'`);
    expect((await auth.get(path, headers)).body.status).toBe('disabled');
  });

  it('answers 404 to ids of nobody and 403 or 401 to those who may not ask', async () => {
    const headers = { 'x-actor-assertion': await auth.assertionOf('identity') };
    for (const id of ['user:nobody', 'x', '%00', "user:'; --", 'user:%00', `user:${'x'.repeat(500)}`]) {
      const { status, body } = await auth.get(`/internal/actors/${id}`, headers);
      expect([id, status, body.code]).toEqual([id, 404, 'actor_not_found']);
    }
    const web = { 'x-actor-assertion': await auth.assertionOf('web') };
    expect((await auth.get('/internal/actors/user:x', web)).status).toBe(403);
    expect((await auth.get('/internal/actors/user:x')).status).toBe(401);
    expect((await auth.get('/internal/actors/%ff', headers)).status).toBe(400);
  });
});
