import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openDatabase, type Database } from '@artdag/database/auth';
import { createTestDatabase, quietLogger, type TestDatabase } from '@artdag/testing';
import { newApiKey } from '../api-keys/api-key.ts';
import { startAuth, type Answer, type RunningAuth } from '../start-auth.testing.ts';

let database: TestDatabase;
let tables: Database;
let auth: RunningAuth;
const service = newApiKey();

beforeAll(async () => {
  database = await createTestDatabase();
  tables = openDatabase({ databaseUrl: database.url, max: 2 });
  auth = await startAuth({ databaseUrl: database.url, tables, logger: quietLogger() });
  await auth.sql(
    `INSERT INTO auth.actors (id, actor_type, handle, display_name) VALUES ('service:w', 'service', 'w-1', 'W')`,
  );
  await auth.sql(
    `INSERT INTO auth.api_keys (id, key, key_prefix, actor_id, actor_data, description, scopes)
     VALUES ($1, $2, $3, 'service:w', '{}', 'test', '{}')`,
    [service.id, service.keyHash, service.keyPrefix],
  );
});
afterAll(async () => {
  await auth?.stop();
  await tables?.close();
  await database?.drop();
});

let accounts = 0;
async function everyCredential() {
  accounts += 1;
  const email = `user-${accounts}@l2.test`;
  const account = { username: `user-${accounts}`, password: 'correct horse battery', email };
  const { body } = await auth.post('/auth/register', account);
  const headers = { authorization: `Bearer ${body.session_token}` };
  const { token: api, id: apiId } = (await auth.post('/v1/tokens', { label: 'x', scopes: ['read:*'] }, headers)).body;
  const { key, id: keyId } = (await auth.post('/auth/api-keys', { description: 'x' }, headers)).body;
  const { session_token: session, access_token: access, refresh_token: refresh, actor } = body;
  return { session, access, api, key, refresh, apiId, keyId, actor, headers, email, username: account.username };
}

const withKey = { 'x-api-key': service.key };
const introspect = (token: unknown, headers: Record<string, string> = withKey): Promise<Answer> =>
  auth.post('/auth/introspect', { token }, headers);

describe('POST /auth/introspect', () => {
  it('tells a service about credentials of every kind, and about none once it has ended', async () => {
    const all = await everyCredential();
    const common = { active: true, sub: all.actor.actor_id, username: all.username, email: all.email };
    const roles = ['microdao_owner'];
    const scope =
      'read:* assets:create assets:update assets:delete assets:record storage:manage social:write l1:attach';
    const exp = expect.any(Number);
    expect((await introspect(all.session)).body).toEqual({ ...common, roles, scope, exp, token_use: 'session' });
    expect((await introspect(all.access)).body).toEqual({ ...common, roles, scope, exp, token_use: 'access' });
    expect((await introspect(all.api)).body).toEqual({ ...common, roles, scope: 'read:*', exp, token_use: 'api' });
    expect((await introspect(all.key)).body).toEqual({ ...common, roles, scope, token_use: 'api_key' });
    expect((await introspect(all.refresh)).body).toEqual({ active: false });
    await auth.send('DELETE', `/v1/tokens/${all.apiId}`, undefined, all.headers);
    await auth.send('DELETE', `/auth/api-keys/${all.keyId}`, undefined, all.headers);
    await auth.post('/auth/logout', {}, all.headers);
    for (const ended of [all.session, all.access, all.api, all.key]) {
      expect((await introspect(ended)).body).toEqual({ active: false });
    }
  });

  it('takes forms, as RFC 7662 has it', async () => {
    const { session } = await everyCredential();
    const form = { ...withKey, 'content-type': 'application/x-www-form-urlencoded' };
    const { body } = await auth.post('/auth/introspect', `token=${session}&token_type_hint=access_token`, form);
    expect(body.active).toBe(true);
  });

  it('knows a token that was revoked by its id alone', async () => {
    const { access } = await everyCredential();
    const { jti } = JSON.parse(Buffer.from(access.split('.')[1], 'base64url').toString());
    await auth.sql(
      `INSERT INTO auth.revoked_tokens (jti, reason, expires_at) VALUES ($1, 'test', now() + interval '1 hour')`,
      [jti],
    );
    expect((await introspect(access)).body).toEqual({ active: false });
  });

  it('is for services with a key of their own', async () => {
    const { session, key, headers } = await everyCredential();
    expect((await introspect(session, headers)).status).toBe(403);
    expect((await introspect(session, { 'x-api-key': key })).status).toBe(403);
    expect((await introspect(session, {})).status).toBe(401);
    const asItself = { 'x-actor-assertion': await auth.assertionOf('web') };
    expect((await introspect(session, asItself)).status).toBe(403);
  });

  it.each([['x'], ['a.b.c'], ['..'], ['dk_x'], ['\0'], ['\ud800.\0.x'], ['x'.repeat(16_384)]])(
    'says inactive to %.9s',
    async (token) => expect((await introspect(token)).body).toEqual({ active: false }),
  );

  it.each([[7], [''], [null], ['x'.repeat(16_385)]])('refuses what is no text (%#)', async (token) =>
    expect((await introspect(token)).status).toBe(422),
  );
});

describe('POST /internal/auth/introspect', () => {
  it('tells the gateway whom an API key stands for', async () => {
    const { key, keyId, actor, username } = await everyCredential();
    const headers = { 'x-actor-assertion': await auth.assertionOf('gateway') };
    const { body } = await auth.post('/internal/auth/introspect', { api_key: key }, headers);
    expect(body).toEqual({
      ...{ active: true, actor, username, org_id: expect.stringMatching(/^org_/), scopes: expect.any(Array) },
      ...{ sid: null, jti: keyId, method: 'api_key', token_use: 'api_key', expires_at: null },
    });
    const none = await auth.post('/internal/auth/introspect', { api_key: 'dk_x' }, headers);
    expect(none.body).toEqual({ active: false });
    const both = await auth.post('/internal/auth/introspect', { api_key: key, token: 'x' }, headers);
    expect(both.status).toBe(422);
  });

  it('gives no org that the actor has left', async () => {
    const { key, actor } = await everyCredential();
    await auth.sql('UPDATE auth.memberships SET left_at = now() WHERE actor_id = $1', [actor.actor_id]);
    const headers = { 'x-actor-assertion': await auth.assertionOf('gateway') };
    const { body } = await auth.post('/internal/auth/introspect', { api_key: key }, headers);
    expect([body.org_id, body.actor.roles]).toEqual([null, []]);
  });
});

describe('POST /internal/auth/used', () => {
  it('writes the last use of tokens and sessions, at most once a minute', async () => {
    const { apiId, access } = await everyCredential();
    const { sid } = JSON.parse(Buffer.from(access.split('.')[1], 'base64url').toString());
    await auth.sql(`UPDATE auth.sessions SET last_activity_at = now() - interval '1 hour' WHERE id = $1`, [sid]);
    const headers = { 'x-actor-assertion': await auth.assertionOf('gateway') };
    const used = (ids: unknown) => auth.post('/internal/auth/used', { ids }, headers);
    const [before] = await auth.sql('SELECT now() AS now');
    expect((await used([apiId, sid, `tok_${'0'.repeat(26)}`])).status).toBe(204);
    const read = async () =>
      (
        await auth.sql(
          `SELECT s.last_activity_at AS session, t.last_used_at AS token FROM auth.sessions s, auth.api_tokens t
           WHERE s.id = $1 AND t.id = $2`,
          [sid, apiId],
        )
      )[0];
    const first = await read();
    expect(Number(first?.['session'])).toBeGreaterThan(Number(before?.['now']) - 1000);
    expect(first?.['token']).not.toBeNull();
    await used([apiId, sid]);
    expect(await read()).toEqual(first);
    for (const ids of [['x'], [7], 'x', ["tok_'; --"], Array(1001).fill(sid)])
      expect((await used(ids)).status).toBe(422);
    const web = { 'x-actor-assertion': await auth.assertionOf('web') };
    expect((await auth.post('/internal/auth/used', { ids: [] }, web)).status).toBe(403);
  });
});
