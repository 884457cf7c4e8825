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
import { newBody, startRegistry, type RunningRegistry } from '../testing/registry.testing.ts';

let database: TestDatabase;
let tables: Database;
let auth: FakeAuth;
let registry: RunningRegistry;
const kit = makeAssertionKit('asset-registry');
/** Signed when it is sent: an assertion lives for a minute, and a suite may take longer. */
const giles = {
  get 'x-actor-assertion'(): string {
    return kit.actor({ actor_id: 'user:giles', username: 'giles', scopes: ['assets:create'] });
  },
};
const first: string[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  tables = openDatabase({ databaseUrl: database.url, max: 3 });
  auth = await startFakeAuth();
  registry = await startRegistry({ databaseUrl: database.url, tables, authUrl: auth.url, logger: quietLogger() });
  await register(40, first);
  // Rows of one and the same moment: only the id tells them apart.
  await registry.tables.pgStatement(
    { text: `UPDATE assets SET created_at = now() WHERE name LIKE '%5'` },
    { actorId: 'user:giles' },
  );
});
afterAll(async () => {
  await registry?.stop();
  await tables?.close();
  await auth?.close();
  await database?.drop();
});

async function register(count: number, into: string[]): Promise<void> {
  const bodies = Array.from({ length: count }, () => newBody());
  await Promise.all(bodies.map((body) => registry.post('/assets', body, giles).expect(201)));
  into.push(...bodies.map((body) => body.name));
}

interface Page {
  assets: { name: string }[];
  total: number;
  next_cursor: string | null;
  next: string | null;
}

describe('pages of GET /assets', () => {
  it.each(['-created_at', 'created_at', 'name'])(
    'by %s neither repeat nor lose what was there, while others are inserted',
    async (sort) => {
      const later: string[] = [];
      const seen: string[] = [];
      let address: string | null = `/assets?limit=7&sort=${sort}&tag=art`;
      const known = [...first];
      for (let pages = 0; address !== null && pages < 50; pages += 1) {
        const answer = await registry.get(address).expect(200);
        const page = answer.body as Page;
        seen.push(...page.assets.map((asset) => asset.name));
        expect(page.next === null).toBe(page.next_cursor === null);
        expect(answer.headers['link']).toBe(page.next === null ? undefined : `<${page.next}>; rel="next"`);
        address = page.next;
        if (pages < 4) await register(2, later);
      }
      expect(new Set(seen).size).toBe(seen.length);
      expect(seen).toEqual(expect.arrayContaining(known));
      first.push(...later);
    },
  );

  it('by offset go on by cursor, with the same filter and length', async () => {
    const start = (await registry.get('/assets?limit=3&offset=2&owner=giles').expect(200)).body as Page;
    const all = (await registry.get('/assets?limit=100').expect(200)).body as Page;
    const second = (await registry.get(start.next ?? '').expect(200)).body as Page;
    expect([...start.assets, ...second.assets]).toEqual(all.assets.slice(2, 8));
    expect(start.next).toMatch(/^\/assets\?/);
    expect(Object.fromEntries(new URLSearchParams(start.next?.split('?')[1]))).toEqual({
      limit: '3',
      owner: 'giles',
      cursor: start.next_cursor,
    });
    expect(second).toMatchObject({ offset: 0, limit: 3 });
  });

  it('count exactly up to 10,000 and estimate beyond', async () => {
    const fill = (count: number): Promise<unknown> =>
      registry.tables.pgStatement(
        {
          text: `INSERT INTO assets (id, name, content_hash, owner_actor_id, owner_username, asset_type, activity_id)
            SELECT 'ast_' || md5(random()::text), 'fill-' || md5(random()::text), 'h', 'user:filler', 'filler', 'video', gen_random_uuid()
            FROM generate_series(1, $1)`,
          values: [count],
        },
        { actorId: 'user:filler' },
      );
    const total = async (): Promise<unknown> => {
      const {
        assets: _assets,
        next: _next,
        next_cursor: _cursor,
        ...rest
      } = (await registry.get('/assets?owner=filler&limit=1').expect(200)).body as Page;
      return rest;
    };
    await fill(10_000);
    expect(await total()).toEqual({ total: 10_000, limit: 1, offset: 0 });
    await fill(5000);
    const estimated = (await total()) as { total: number };
    expect(estimated).toEqual({ total: expect.any(Number), total_estimated: true, limit: 1, offset: 0 });
    expect(estimated.total).toBeGreaterThan(10_000);
  });
});
