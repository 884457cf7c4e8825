import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openDatabase, type Database } from '@artdag/database/registry';
import {
  createTestDatabase,
  makeAssertionKit,
  quietLogger,
  startFakeAuth,
  type FakeAuth,
  type TestDatabase,
} from '@artdag/testing';
import { countRows, newBody, startRegistry, type RunningRegistry } from '../testing/registry.testing.ts';

let database: TestDatabase;
let tables: Database;
let auth: FakeAuth;
let registry: RunningRegistry;
const kit = makeAssertionKit('asset-registry');
const scopes = ['assets:create'];

beforeAll(async () => {
  database = await createTestDatabase();
  tables = openDatabase({ databaseUrl: database.url, max: 3 });
  auth = await startFakeAuth();
  registry = await startRegistry({ databaseUrl: database.url, tables, authUrl: auth.url, logger: quietLogger() });
});
afterAll(async () => {
  await registry?.stop();
  await tables?.close();
  await auth?.close();
  await database?.drop();
});

const challenge = 'Bearer realm="l2", MSign realm="musehub"';

describe('POST /assets lets nobody in', () => {
  it('401 without an assertion, whatever the Bearer token', async () => {
    const authorization = `Bearer ${kit.actor({ scopes })}`;
    const answer = await registry.post('/assets', newBody(), { authorization }).expect(401);
    expect(answer.body).toMatchObject({
      code: 'unauthorized',
      detail: 'Unauthorized: No valid session token or API key',
    });
    expect(answer.headers['www-authenticate']).toBe(challenge);
  });

  it('401 with an assertion made for another service', async () => {
    const other = makeAssertionKit('identity').actor({ actor_id: 'user:giles', scopes });
    const answer = await registry.post('/assets', newBody(), { 'x-actor-assertion': other }).expect(401);
    expect(answer.body).toMatchObject({ code: 'invalid_assertion' });
  });

  it.each(kit.forgeries({ actor_id: 'user:giles', scopes }))('401 with an assertion: %s', async (_wrong, token) => {
    await registry.post('/assets', newBody(), { 'x-actor-assertion': token }).expect(401);
  });

  it('401 before anything is said about the body', async () => {
    await registry.post('/assets', { name: '' }).expect(401);
  });

  it.each([[[]], [['assets:record']], [['l1:use', 'assets:record']], [['assets:creat']]])(
    '403 with the scopes %j',
    async (given) => {
      const token = kit.actor({ actor_id: 'user:giles', scopes: given });
      const answer = await registry.post('/assets', newBody(), { 'x-actor-assertion': token }).expect(403);
      expect(answer.body).toMatchObject({ code: 'insufficient_scope' });
    },
  );

  it('403 for a service that speaks for itself', async () => {
    await registry.post('/assets', newBody(), { 'x-actor-assertion': kit.service('federation') }).expect(403);
  });

  it('and nothing was stored', async () => {
    expect((await countRows(tables)).assets).toBe(0);
  });
});

describe('POST /assets of a request that was signed with a key (MSign)', () => {
  const signed = { method: 'msign', jti: 'key_01jh8q6v30e0ta000000000001', sid: null } as const;
  const as = (o: Parameters<typeof kit.actor>[0]) => ({ 'x-actor-assertion': kit.actor({ ...signed, ...o }) });
  const agent = {
    actor_id: 'agent:scribe',
    actor_type: 'agent',
    username: 'scribe',
    owner_actor_id: 'user:giles',
  } as const;

  it('201 for a person', async () => {
    const answer = await registry.post('/assets', newBody(), as({ actor_id: 'user:giles', scopes })).expect(201);
    expect(answer.body).toMatchObject({ owner: 'giles' });
  });

  it('201 for an agent with the capability assets:create, in its own name and with its own key', async () => {
    const answer = await registry.post('/assets', newBody(), as({ ...agent, scopes })).expect(201);
    const { keyId } = registry.identity.keyOf('agent:scribe');
    expect(answer.body).toMatchObject({ owner: 'scribe', activity: { proof: { verificationMethod: keyId } } });
  });

  it.each([[[]], [['read:*']], [['assets:record', 'storage:manage']]])(
    '403 insufficient_scope for an agent with the capabilities %j, and nothing is stored',
    async (given) => {
      const before = await countRows(tables);
      const answer = await registry.post('/assets', newBody(), as({ ...agent, scopes: given })).expect(403);
      expect(answer.body).toMatchObject({ code: 'insufficient_scope' });
      expect(await countRows(tables)).toEqual(before);
    },
  );
});
