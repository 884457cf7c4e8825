import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openDatabase, type Database } from '@artdag/database/auth';
import { createMemoryStore, type KeyValueStore } from '@artdag/key-value';
import { denyKey } from '@artdag/revocation';
import { createTestDatabase, quietLogger, type TestDatabase } from '@artdag/testing';
import { startAuth, type Answer, type RunningAuth } from '../start-auth.testing.ts';

let database: TestDatabase;
let tables: Database;
let store: KeyValueStore;
let auth: RunningAuth;

beforeAll(async () => {
  database = await createTestDatabase();
  tables = openDatabase({ databaseUrl: database.url, max: 1 });
  store = createMemoryStore();
  auth = await startAuth({ databaseUrl: database.url, tables, logger: quietLogger(), overrides: { store } });
});
afterAll(async () => {
  await auth?.stop();
  await store?.close();
  await tables?.close();
  await database?.drop();
});

async function post(path: string, body: unknown, service = 'identity'): Promise<Answer> {
  const assertion = await auth.assertionOf(service);
  return await auth.post(`/internal/auth/tokens/${path}`, body, { 'x-actor-assertion': assertion });
}

const inAnHour = () => new Date(Date.now() + 3600_000).toISOString();

describe('POST /internal/auth/tokens/revoke', () => {
  it('answers once it is in force, and again when it is repeated', async () => {
    const ids = ['key_one-1', 'key_two-2'].map((id) => ({ id, reason: 'key-deleted', expires_at: inAnHour() }));
    const actor = { ...ids[0], actor_id: 'user:93' };
    for (let i = 0; i < 2; i += 1) {
      const { status, body } = await post('revoke', { ids: [actor, ids[1], ids[1]] });
      expect([status, body]).toEqual([200, { revoked: 2 }]);
    }
    await expect(store.get(denyKey('key_one-1'))).resolves.toBe('key-deleted');
    const { body } = await post('status', { ids: ['key_one-1', 'key_two-2', 'key_three'] }, 'gateway');
    expect(body).toEqual({ revoked: { 'key_one-1': 'key-deleted', 'key_two-2': 'key-deleted' } });
  });

  it.each([
    ['no ids', { ids: [] }],
    ['a NUL', { ids: [{ id: 'tok_\u0000abc', reason: 'x', expires_at: '2030-01-01T00:00:00Z' }] }],
    ['a name of the store’s own', { ids: [{ id: 'ready', reason: 'x', expires_at: '2030-01-01T00:00:00Z' }] }],
    ['a reason with a space', { ids: [{ id: 'tok_12345', reason: 'a b', expires_at: '2030-01-01T00:00:00Z' }] }],
    ['no time', { ids: [{ id: 'tok_12345', reason: 'x', expires_at: 'never' }] }],
    ['a year after 9999', { ids: [{ id: 'tok_12345', reason: 'x', expires_at: '9999-12-31T23:59:59-10:00' }] }],
    ['the year 9999', { ids: [{ id: 'tok_12345', reason: 'x', expires_at: '9999-12-31T00:00:00Z' }] }],
    ['the year 0', { ids: [{ id: 'tok_12345', reason: 'x', expires_at: '0000-01-01T00:00:00Z' }] }],
    ['the epoch', { ids: [{ id: 'user:12345', reason: 'x', expires_at: '1970-01-01T00:00:00Z' }] }],
    ['a number', { ids: 7 }],
    ['an array', []],
  ])('refuses %s', async (_, body) => {
    expect((await post('revoke', body)).status).toBe(422);
  });

  it('is for identity and l1-bridge alone', async () => {
    const body = { ids: [{ id: 'tok_12345', reason: 'x', expires_at: inAnHour() }] };
    expect((await post('revoke', body, 'gateway')).status).toBe(403);
    expect((await auth.post('/internal/auth/tokens/revoke', body)).status).toBe(401);
  });
});

describe('POST /internal/auth/tokens/status', () => {
  it('answers about a thousand, none of them revoked', async () => {
    const ids = Array.from({ length: 1000 }, (_, i) => `tok_01${String(i).padStart(24, '0')}`);
    expect((await post('status', { ids }, 'gateway')).body).toEqual({ revoked: {} });
    expect((await post('status', { ids: [...ids, 'tok_one_more'] }, 'gateway')).status).toBe(422);
  });

  it.each([
    [{ ids: ['a\u0000bcdef'] }],
    [{ ids: ['é'.repeat(10)] }],
    [{ ids: [7] }],
    [{}],
    [{ ids: ['x'.repeat(300)] }],
  ])('refuses %j', async (body) => {
    expect((await post('status', body, 'l1-bridge')).status).toBe(422);
  });

  it('is not for everybody', async () => {
    expect((await post('status', { ids: [] }, 'web')).status).toBe(403);
    expect((await auth.post('/internal/auth/tokens/status', { ids: [] })).status).toBe(401);
  });
});
