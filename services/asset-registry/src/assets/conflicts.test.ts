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
/** A second replica on the same tables. */
let other: RunningRegistry;
const kit = makeAssertionKit('asset-registry');

const as = (name: string): Record<string, string> => ({
  'x-actor-assertion': kit.actor({ actor_id: `user:${name}`, username: name, scopes: ['assets:create'] }),
});

beforeAll(async () => {
  database = await createTestDatabase();
  tables = openDatabase({ databaseUrl: database.url, max: 3 });
  auth = await startFakeAuth();
  const surroundings = { databaseUrl: database.url, tables, authUrl: auth.url, logger: quietLogger() };
  registry = await startRegistry(surroundings);
  other = await startRegistry({ ...surroundings, identity: registry.identity });
});
afterAll(async () => {
  await other?.stop();
  await registry?.stop();
  await tables?.close();
  await auth?.close();
  await database?.drop();
});

interface Answer {
  status: number;
  code: string | undefined;
}

async function register(replica: RunningRegistry, body: unknown, name: string): Promise<Answer> {
  const answer = await replica.post('/assets', body, as(name));
  return { status: answer.status, code: (answer.body as { code?: string }).code };
}

describe('409', () => {
  it('asset_exists when the name is taken, and stores nothing', async () => {
    const body = newBody();
    await registry.post('/assets', body, as('giles')).expect(201);
    const before = await countRows(registry.tables);
    const again = await registry.post('/assets', newBody({ name: body.name }), as('giles')).expect(409);
    expect(again.body).toMatchObject({ code: 'asset_exists' });
    const byAnother = await registry.post('/assets', newBody({ name: body.name }), as('anya')).expect(409);
    expect(byAnother.body).toMatchObject({ code: 'asset_exists' });
    expect(await countRows(registry.tables)).toEqual(before);
  });

  it('asset_exists when the name is taken by an unlisted asset of somebody else', async () => {
    const body = newBody({ visibility: 'unlisted' });
    await registry.post('/assets', body, as('giles')).expect(201);
    const before = await countRows(registry.tables);
    expect(await register(registry, newBody({ name: body.name }), 'anya')).toEqual({
      status: 409,
      code: 'asset_exists',
    });
    expect(await countRows(registry.tables)).toEqual(before);
  });

  it('content_already_owned when somebody else claimed the hash, and stores nothing', async () => {
    const body = newBody();
    await registry.post('/assets', body, as('giles')).expect(201);
    const before = await countRows(registry.tables);
    const answer = await registry.post('/assets', newBody({ content_hash: body.content_hash }), as('anya')).expect(409);
    expect(answer.body).toMatchObject({ code: 'content_already_owned', detail: expect.any(String) });
    expect(await countRows(registry.tables)).toEqual(before);
  });

  it('never to the owner who registers one hash under several names, one after the other or all at once', async () => {
    const { content_hash } = newBody();
    await registry.post('/assets', newBody({ content_hash }), as('giles')).expect(201);
    const bodies = Array.from({ length: 6 }, () => newBody({ content_hash }));
    const answers = await Promise.all(bodies.map((body, i) => register(i % 2 ? registry : other, body, 'giles')));
    expect(answers.map((answer) => answer.status)).toEqual(bodies.map(() => 201));
  });
});

describe('a race', () => {
  it('of two owners for one hash has one winner, 200 times', async () => {
    const before = await countRows(registry.tables);
    const rounds = Array.from({ length: 200 }, (_, i) => i);
    // Twenty races at once; half of them between replicas, half within one.
    for (let start = 0; start < rounds.length; start += 20) {
      await Promise.all(
        rounds.slice(start, start + 20).map(async (i) => {
          const { content_hash } = newBody();
          const answers = await Promise.all([
            register(registry, newBody({ content_hash }), 'giles'),
            register(i % 2 ? registry : other, newBody({ content_hash }), 'anya'),
          ]);
          expect(answers.toSorted((a, b) => a.status - b.status)).toEqual([
            { status: 201, code: undefined },
            { status: 409, code: 'content_already_owned' },
          ]);
        }),
      );
    }
    const after = await countRows(registry.tables);
    expect(after).toEqual({
      ...Object.fromEntries(Object.entries(before).map(([table, n]) => [table, n + 200])),
      answers: before.answers,
    });
  });

  it('for one name has one winner, 50 times, and spoils nobody else’s registration', async () => {
    const before = await countRows(registry.tables);
    for (let round = 0; round < 50; round += 1) {
      const { name } = newBody();
      const [first, second, ...bystanders] = await Promise.all([
        register(registry, newBody({ name }), 'giles'),
        register(round % 2 ? registry : other, newBody({ name }), 'anya'),
        register(registry, newBody(), 'willow'),
        register(other, newBody(), 'tara'),
      ]);
      expect([first, second].toSorted((a, b) => (a?.status ?? 0) - (b?.status ?? 0))).toEqual([
        { status: 201, code: undefined },
        { status: 409, code: 'asset_exists' },
      ]);
      expect(bystanders.map((answer) => answer.status)).toEqual([201, 201]);
    }
    const after = await countRows(registry.tables);
    expect(after.assets - before.assets).toBe(150);
    expect(after.owners - before.owners).toBe(150);
  });

  it('of many that conflict crosswise ends, each with its own answer', async () => {
    const names = Array.from({ length: 8 }, () => newBody().name);
    const hashes = Array.from({ length: 8 }, () => newBody().content_hash);
    const tries = names.flatMap((name, i) => hashes.map((content_hash, j) => ({ name, content_hash, i, j })));
    const answers = await Promise.all(
      tries.map(({ name, content_hash, i, j }) =>
        register((i + j) % 2 ? registry : other, newBody({ name, content_hash }), j % 2 ? 'giles' : 'anya'),
      ),
    );
    expect(answers.filter((answer) => answer.status === 201)).toHaveLength(8);
    expect(answers.every((answer) => answer.status === 201 || answer.status === 409)).toBe(true);
  });
});

describe('whatever happened', () => {
  it('no asset lacks its claim, its owner, its leaf, its salt or its event, and nothing else is there', async () => {
    const rows = await registry.tables.pgStatement<{ faults: number }>(
      {
        text: `
        SELECT (
          (SELECT count(*) FROM assets a WHERE NOT EXISTS (
            SELECT FROM activities c JOIN content_owners o USING (content_hash) JOIN log_salts s USING (activity_id)
              JOIN (SELECT activity_id FROM log_pending UNION ALL SELECT activity_id FROM log_entries) l USING (activity_id)
            WHERE c.activity_id = a.activity_id AND c.actor_id = a.owner_actor_id AND o.owner_actor_id = a.owner_actor_id
              AND c.content_hash = a.content_hash AND c.document::jsonb -> 'object' ->> 'name' = a.name
              AND EXISTS (SELECT FROM outbox e WHERE e.payload::jsonb ->> 'subject' = a.id)))
          + abs((SELECT count(*) FROM assets) - (SELECT count(*) FROM activities))
          + abs((SELECT count(*) FROM assets) - (SELECT count(*) FROM log_salts))
          + (SELECT count(*) FROM content_owners o WHERE NOT EXISTS (SELECT FROM assets a WHERE a.content_hash = o.content_hash))
        )::int AS faults`,
      },
      { system: true },
    );
    expect(rows.rows[0]?.faults).toBe(0);
  });
});

describe('row-level security', () => {
  const insert = `
    INSERT INTO assets (id, name, content_hash, owner_actor_id, owner_username, asset_type, activity_id)
    VALUES ('ast_x', 'raw', 'h', 'user:giles', 'giles', 'video', gen_random_uuid())`;

  it('refuses a row that is not the acting actor’s, also by raw SQL', async () => {
    await expect(registry.tables.pool.query(insert)).rejects.toMatchObject({ code: '42501' });
    await expect(registry.tables.pgStatement({ text: insert }, { actorId: 'user:anya' })).rejects.toMatchObject({
      code: '42501',
    });
  });

  it('leaves no actor behind on the connection', async () => {
    await Promise.all(Array.from({ length: 10 }, () => register(registry, newBody(), 'giles')));
    const { rows } = await registry.tables.pool.query<{ actor: string | null }>(
      `SELECT current_setting('app.actor_id', true) AS actor`,
    );
    expect(rows[0]?.actor ?? '').toBe('');
  });

  it('lets claims be neither changed nor deleted', async () => {
    for (const sql of [
      'UPDATE activities SET document = $1',
      'DELETE FROM activities WHERE document = $1',
      'UPDATE log_entries SET leaf = $1',
    ]) {
      await expect(registry.tables.pool.query(sql, ['x'])).rejects.toMatchObject({ code: '42501' });
    }
  });
});
