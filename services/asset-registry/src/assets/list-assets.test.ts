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
import { newBody, noLinks, startRegistry, type RunningRegistry } from '../testing/registry.testing.ts';

let database: TestDatabase;
let tables: Database;
let auth: FakeAuth;
let registry: RunningRegistry;
const kit = makeAssertionKit('asset-registry');
const as = (name: string): Record<string, string> => ({
  'x-actor-assertion': kit.actor({ actor_id: `user:${name}`, username: name, scopes: ['assets:create'] }),
});

interface Page {
  assets: { name: string; owner: string; visibility: string }[];
  total: number;
  total_estimated?: boolean;
  limit: number;
  offset: number;
  next_cursor: string | null;
  next: string | null;
}

async function list(query: string, name?: string): Promise<Page> {
  const answer = await registry.get(`/assets${query}`, name === undefined ? {} : as(name)).expect(200);
  return answer.body as Page;
}

const names = (page: Page): string[] => page.assets.map((asset) => asset.name);

async function register(name: string, change: Record<string, unknown> = {}): Promise<string> {
  const body = newBody(change);
  await registry.post('/assets', body, as(name)).expect(201);
  return body.name;
}

const made: string[] = [];
let fixedHash = '';

beforeAll(async () => {
  database = await createTestDatabase();
  tables = openDatabase({ databaseUrl: database.url, max: 3 });
  auth = await startFakeAuth();
  registry = await startRegistry({ databaseUrl: database.url, tables, authUrl: auth.url, logger: quietLogger() });
  made.push(await register('giles', { name: 'alpha', tags: ['art', 'red'], description: 'A 100% wool_scarf' }));
  made.push(await register('giles', { name: 'beta', tags: ['art'], asset_type: 'image' }));
  made.push(await register('anya', { name: 'Gamma', tags: ['red', 'art'], description: 'coins \\ notes' }));
  const body = newBody({ name: 'delta', asset_type: 'image' });
  fixedHash = body.content_hash;
  await registry.post('/assets', body, as('anya')).expect(201);
  made.push('delta');
  await register('giles', { name: 'hidden', visibility: 'unlisted', tags: ['art'] });
});
afterAll(async () => {
  await registry?.stop();
  await tables?.close();
  await auth?.close();
  await database?.drop();
});

describe('GET /assets', () => {
  it('lists the newest first, without activities', async () => {
    const page = await list('');
    expect(names(page)).toEqual(made.toReversed());
    expect(page).toMatchObject({ total: 4, limit: 50, offset: 0, next_cursor: null, next: null });
    expect(page.total_estimated).toBeUndefined();
    expect(page.assets[0]).not.toHaveProperty('activity');
  });

  it('gives each asset as its own address does', async () => {
    const page = await list('');
    for (const asset of page.assets) {
      const answer = await registry.get(`/assets/${asset.name}`).expect(200);
      expect(answer.body).toEqual({ ...asset, ...noLinks });
    }
  });

  it.each([
    ['?owner=giles', ['beta', 'alpha']],
    ['?owner=nobody', []],
    ['?asset_type=image', ['delta', 'beta']],
    ['?tag=art&tag=red', ['Gamma', 'alpha']],
    ['?tag=art', ['delta', 'Gamma', 'beta', 'alpha']],
    ['?tag=blue', []],
    ['?q=AMM', ['Gamma']],
    ['?q=100%25', ['alpha']],
    ['?q=wool_', ['alpha']],
    ['?q=w__l', []],
    ['?q=%5C', ['Gamma']],
    ['?q=%25', ['alpha']],
    ['?sort=name&owner=giles', ['alpha', 'beta']],
    ['?sort=created_at', ['alpha', 'beta', 'Gamma', 'delta']],
    ['?limit=1&offset=1', ['Gamma']],
    ['?offset=10000', []],
    ['?owner=anya&asset_type=image&tag=art&q=elt', ['delta']],
  ])('%s', async (query, expected) => {
    const page = await list(query);
    expect(names(page)).toEqual(expected);
    if (!query.includes('offset')) expect(page.total).toBe(expected.length);
  });

  it('finds a content hash, with and without prefix', async () => {
    expect(names(await list(`?content_hash=${fixedHash}`))).toEqual(['delta']);
    expect(names(await list(`?content_hash=sha3-256:${fixedHash}`))).toEqual(['delta']);
  });

  it.each([
    ['?limit=0', 'limit'],
    ['?limit=101', 'limit'],
    ['?limit=ten', 'limit'],
    ['?limit=1&limit=2', 'limit'],
    ['?offset=10001', 'offset'],
    ['?offset=-1', 'offset'],
    ['?sort=size', 'sort'],
    ['?asset_type=movie', 'asset_type'],
    ['?content_hash=ABC', 'content_hash'],
    ['?cursor=%00', 'cursor'],
    ['?cursor=nonsense', 'cursor'],
    [`?cursor=${Buffer.from('["-created_at","2026-99-99T00:00:00.000Z","ast_x"]').toString('base64url')}`, 'cursor'],
    [`?cursor=${Buffer.from('["name","a","ast_00000000000000000000000000"]').toString('base64url')}`, 'cursor'],
    ['?owner=%00', 'owner'],
    ['?q=%00', 'q'],
    ['?tag=%00', 'tag'],
  ])('422 to %s', async (query, parameter) => {
    const answer = await registry.get(`/assets${query}`).expect(422);
    expect(answer.body).toMatchObject({ code: 'validation_error', detail: [{ loc: ['query', parameter] }] });
  });

  it('says that it depends on Accept', async () => {
    const answer = await registry.get('/assets', { accept: 'application/activity+json' }).expect(200);
    expect(answer.headers).toMatchObject({ vary: 'Accept', 'content-type': 'application/json; charset=utf-8' });
  });
});

describe('unlisted assets', () => {
  it('are left out for everybody but their owner', async () => {
    expect(names(await list('?q=hidden'))).toEqual([]);
    expect(names(await list('?q=hidden', 'anya'))).toEqual([]);
    expect(await list('?q=hidden', 'giles')).toMatchObject({
      assets: [{ name: 'hidden', visibility: 'unlisted' }],
      total: 1,
    });
    expect((await list('', 'giles')).total).toBe(5);
    expect((await list('', 'anya')).total).toBe(4);
  });

  it('are left out for those of the owner’s organisation too', async () => {
    await registry.tables.pgStatement(
      { text: `UPDATE assets SET org_id = 'org_1' WHERE name = 'hidden'` },
      { actorId: 'user:giles' },
    );
    const token = kit.actor({ actor_id: 'user:anya', username: 'anya', org_id: 'org_1' });
    const answer = await registry.get('/assets?q=hidden', { 'x-actor-assertion': token }).expect(200);
    expect(answer.body).toMatchObject({ assets: [], total: 0 });
  });

  it('have their own address all the same', async () => {
    await registry.get('/assets/hidden').expect(200);
  });
});

describe('GET /assets/{name}', () => {
  it.each(['nobody', 'ALPHA', 'gamma', '.alpha', '%00', 'a%2Fb', 'x'.repeat(300)])('404 for %s', async (name) => {
    const answer = await registry.get(`/assets/${name}`).expect(404);
    expect(answer.body).toMatchObject({ code: 'not_found' });
  });

  it('400 for an address that does not decode', async () => {
    await registry.get('/assets/%zz').expect(400);
  });

  it('401 for an assertion that is not to be trusted, instead of taking the caller for anonymous', async () => {
    await registry.get('/assets/alpha', { 'x-actor-assertion': 'nonsense' }).expect(401);
  });
});
