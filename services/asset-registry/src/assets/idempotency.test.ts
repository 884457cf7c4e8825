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
let serial = 0;

function as(name: string, key?: string): Record<string, string> {
  const token = kit.actor({ actor_id: `user:${name}`, username: name, scopes: ['assets:create'] });
  return { 'x-actor-assertion': token, ...(key === undefined ? {} : { 'idempotency-key': key }) };
}

function freshKey(): string {
  serial += 1;
  return `key-${serial}`;
}

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

describe('Idempotency-Key', () => {
  it('gives the same request the stored answer, byte for byte, and stores nothing more', async () => {
    const key = freshKey();
    const body = newBody({ metadata: { b: 1, a: 'ü' } });
    const first = await registry.post('/assets', body, as('giles', key)).expect(201);
    const before = await countRows(registry.tables);
    const reordered = Object.fromEntries(Object.entries(body).toReversed());
    const second = await registry.post('/assets', reordered, as('giles', key)).expect(201);
    expect(second.text).toBe(first.text);
    expect(second.headers['location']).toBe(first.headers['location']);
    expect(await countRows(registry.tables)).toEqual(before);
  });

  it('409 idempotency_key_reused for another request, and stores nothing', async () => {
    const key = freshKey();
    await registry.post('/assets', newBody(), as('giles', key)).expect(201);
    const before = await countRows(registry.tables);
    const answer = await registry.post('/assets', newBody(), as('giles', key)).expect(409);
    expect(answer.body).toMatchObject({ code: 'idempotency_key_reused' });
    expect(await countRows(registry.tables)).toEqual(before);
  });

  it('belongs to its actor', async () => {
    const key = freshKey();
    await registry.post('/assets', newBody(), as('giles', key)).expect(201);
    await registry.post('/assets', newBody(), as('anya', key)).expect(201);
  });

  it('is not used up by a request that failed', async () => {
    const key = freshKey();
    const taken = newBody();
    await registry.post('/assets', taken, as('anya')).expect(201);
    await registry.post('/assets', newBody({ name: taken.name }), as('giles', key)).expect(409);
    await registry.post('/assets', { name: '' }, as('giles', key)).expect(422);
    await registry.post('/assets', newBody(), as('giles', key)).expect(201);
  });

  it('makes one asset of eight equal requests at once', async () => {
    for (let round = 0; round < 10; round += 1) {
      const key = freshKey();
      const body = newBody();
      const before = await countRows(registry.tables);
      const answers = await Promise.all(
        Array.from({ length: 8 }, () => registry.post('/assets', body, as('giles', key)).then((answer) => answer)),
      );
      expect(answers.map((answer) => answer.status)).toEqual(answers.map(() => 201));
      expect(new Set(answers.map((answer) => answer.text)).size).toBe(1);
      const after = await countRows(registry.tables);
      expect([after.assets - before.assets, after.answers - before.answers]).toEqual([1, 1]);
    }
  });

  it('lets one of several different requests at once win', async () => {
    const key = freshKey();
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => registry.post('/assets', newBody(), as('giles', key)).then((answer) => answer)),
    );
    const codes = answers.map((answer) => (answer.body as { code?: string }).code ?? answer.status);
    expect(codes.toSorted()).toEqual([201, ...Array.from({ length: 4 }, () => 'idempotency_key_reused')]);
  });

  it('counts for 24 hours and no longer', async () => {
    const key = freshKey();
    const body = newBody();
    await registry.post('/assets', body, as('giles', key)).expect(201);
    const { rows } = await registry.tables.pool.query<{ seconds: number }>(
      'SELECT extract(epoch FROM expires_at - created_at)::int AS seconds FROM idempotency_keys WHERE key = $1',
      [key],
    );
    expect(rows).toEqual([{ seconds: 86_400 }]);
    await registry.tables.pool.query(
      `UPDATE idempotency_keys SET expires_at = now() - interval '1 ms' WHERE key = $1`,
      [key],
    );
    const late = await registry.post('/assets', body, as('giles', key)).expect(409);
    expect(late.body).toMatchObject({ code: 'asset_exists' });
    await registry.post('/assets', newBody(), as('giles', key)).expect(201);
  });

  it.each([
    ['', 400],
    [' ', 400],
    ['x'.repeat(256), 400],
    ['caf\u00e9', 400],
    ['x'.repeat(255), 201],
  ])('%j → %i', async (key, status) => {
    await registry.post('/assets', newBody(), as('giles', key)).expect(status);
  });
});
