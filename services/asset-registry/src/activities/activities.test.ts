import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openDatabase, type Database } from '@artdag/database/registry';
import {
  createTestDatabase,
  eventually,
  makeAssertionKit,
  quietLogger,
  startFakeAuth,
  type FakeAuth,
  type TestDatabase,
} from '@artdag/testing';
import { newBody, publicUrl, startRegistry, type RunningRegistry } from '../testing/registry.testing.ts';

let database: TestDatabase;
let tables: Database;
let auth: FakeAuth;
let registry: RunningRegistry;
const kit = makeAssertionKit('asset-registry');

interface Registered {
  activity_id: string;
  content_hash: string;
  activity: Record<string, unknown> & { object: Record<string, unknown> };
}
const made: Registered[] = [];

async function register(name: string, change: Record<string, unknown> = {}): Promise<Registered> {
  const token = kit.actor({ actor_id: `user:${name}`, username: name, scopes: ['assets:create'] });
  const answer = await registry.post('/assets', newBody(change), { 'x-actor-assertion': token }).expect(201);
  return answer.body as Registered;
}

beforeAll(async () => {
  database = await createTestDatabase();
  tables = openDatabase({ databaseUrl: database.url, max: 3 });
  auth = await startFakeAuth();
  registry = await startRegistry({ databaseUrl: database.url, tables, authUrl: auth.url, logger: quietLogger() });
  for (const name of ['giles', 'anya', 'giles']) made.push(await register(name, { metadata: { by: name } }));
});
afterAll(async () => {
  await registry?.stop();
  await tables?.close();
  await auth?.close();
  await database?.drop();
});

const json = 'application/json; charset=utf-8';
const activityJson = 'application/activity+json; charset=utf-8';

describe.each([
  ['/activities/{uuid}', (m: Registered) => `/activities/${m.activity_id}`, (m: Registered) => m.activity],
  [
    '/objects/{hash}',
    (m: Registered) => `/objects/${m.content_hash}`,
    (m: Registered) => ({ '@context': m.activity['@context'], ...m.activity.object }),
  ],
])('GET %s', (_route, path, expected) => {
  it.each([
    [undefined, json],
    ['*/*', json],
    ['application/json', json],
    ['application/activity+json', activityJson],
    ['text/html;q=0.1, application/ld+json; profile="https://www.w3.org/ns/activitystreams"', activityJson],
  ])('answers the document at once, Accept: %s', async (accept, type) => {
    for (const registered of made) {
      const answer = await registry.get(path(registered), accept === undefined ? {} : { accept }).expect(200);
      expect(JSON.parse(answer.text)).toEqual(expected(registered));
      expect(answer.headers).toMatchObject({ 'content-type': type, vary: 'Accept' });
    }
  });
});

describe('GET /activities/{index}', () => {
  it('works once the sequencer has been there, in publication order', async () => {
    await eventually(async () => (await registry.get('/activities/2')).status === 200);
    for (const [index, registered] of made.entries()) {
      const answer = await registry.get(`/activities/${index}`).expect(200);
      expect(answer.body).toEqual(registered.activity);
    }
    await registry.get('/activities/3').expect(404);
  });
});

describe('404', () => {
  it.each([
    '/activities/5f0c1d3e-0000-4000-8000-000000000001',
    '/activities/999999999999999999',
    '/activities/9999999999999999999999',
    '/activities/00',
    '/activities/-1',
    '/activities/1.0',
    '/activities/%00',
    '/activities/5f0c1d3e',
    `/objects/${'0'.repeat(64)}`,
    '/objects/x',
    '/objects/%00',
    `/objects/${'AB'.repeat(32)}`,
  ])('%s', async (path) => {
    const answer = await registry.get(path).expect(404);
    expect(answer.body).toMatchObject({ code: 'not_found' });
  });
});

describe('GET /objects/{hash}', () => {
  it('gives the earliest of several claims', async () => {
    const again = await register('giles', { content_hash: made[0]?.content_hash, metadata: { by: 'later' } });
    const answer = await registry.get(`/objects/${again.content_hash}`).expect(200);
    expect(answer.body).toMatchObject({ metadata: { by: 'giles' } });
  });
});

describe('GET /activities', () => {
  const ids = (body: unknown): unknown[] =>
    (body as { activities: { id: string }[] }).activities.map((activity) => activity.id);

  it('lists signed activities, newest first', async () => {
    const answer = await registry.get('/activities').expect(200);
    expect(ids(answer.body).slice(1)).toEqual(made.map((m) => m.activity['id']).toReversed());
    expect(answer.body).toMatchObject({ total: 4, limit: 50, offset: 0, next: null });
    expect((answer.body as { activities: unknown[] }).activities[3]).toEqual(made[0]?.activity);
  });

  it('filters by actor, as a name or a URL, and by type', async () => {
    for (const actor of ['anya', `${publicUrl}/users/anya`]) {
      const answer = await registry.get(`/activities?actor=${encodeURIComponent(actor)}&type=Create`).expect(200);
      expect(answer.body).toMatchObject({ activities: [{ actor: `${publicUrl}/users/anya` }], total: 1 });
    }
    expect((await registry.get('/activities?type=Delete').expect(200)).body).toMatchObject({
      activities: [],
      total: 0,
    });
  });

  it('goes on page by page', async () => {
    const all = ids((await registry.get('/activities')).body);
    const first = await registry.get('/activities?limit=3').expect(200);
    const { next } = first.body as { next: string };
    expect(first.headers['link']).toBe(`<${next}>; rel="next"`);
    const second = await registry.get(next).expect(200);
    expect([...ids(first.body), ...ids(second.body)]).toEqual(all);
    expect(second.body).toMatchObject({ next: null, offset: 3 });
  });

  it.each(['?limit=0', '?offset=x', '?type=Follow', '?actor=%00', '?actor=a&actor=b'])('422 to %s', async (query) => {
    await registry.get(`/activities${query}`).expect(422);
  });
});
