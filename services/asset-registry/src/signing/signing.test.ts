import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { openDatabase, type Database } from '@artdag/database/registry';
import { createMemoryStore, type KeyValueStore } from '@artdag/key-value';
import { createInProcessTransport, type Transport } from '@artdag/messaging';
import {
  createTestDatabase,
  makeAssertionKit,
  quietLogger,
  startFakeAuth,
  type FakeAuth,
  type TestDatabase,
} from '@artdag/testing';
import { keysEvent, newActorKey, publish } from '../testing/publish.testing.ts';
import { countRows, newBody, publicUrl, startRegistry, type RunningRegistry } from '../testing/registry.testing.ts';

let database: TestDatabase;
let tables: Database;
let auth: FakeAuth;
let registry: RunningRegistry;
let other: RunningRegistry;
let transport: Transport;
let store: KeyValueStore;
const logger = quietLogger();
const kit = makeAssertionKit('asset-registry');
const as = (name: string): Record<string, string> => ({
  'x-actor-assertion': kit.actor({ actor_id: `user:${name}`, username: name, scopes: ['assets:create'] }),
});

beforeAll(async () => {
  database = await createTestDatabase();
  tables = openDatabase({ databaseUrl: database.url, max: 3 });
  auth = await startFakeAuth();
  transport = createInProcessTransport({ logger, topology: [] });
  store = createMemoryStore();
  const surroundings = {
    databaseUrl: database.url,
    tables,
    authUrl: auth.url,
    logger,
    overrides: { transport, store },
  };
  registry = await startRegistry(surroundings);
  other = await startRegistry({ ...surroundings, identity: registry.identity });
});
afterAll(async () => {
  await other?.stop();
  await registry?.stop();
  await transport?.close();
  await store?.close();
  await tables?.close();
  await auth?.close();
  await database?.drop();
});
afterEach(() => {
  registry.identity.mode = 'up';
});

async function expectUnavailable(name: string): Promise<void> {
  const before = await countRows(registry.tables);
  const answer = await registry.post('/assets', newBody(), { ...as(name), 'idempotency-key': `k-${name}` }).expect(503);
  expect(answer.body).toMatchObject({ code: 'signing_unavailable' });
  expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
  expect(await countRows(registry.tables)).toEqual(before);
}

describe('when identity cannot sign', () => {
  it('503 signing_unavailable, and nothing is stored: it is down, for a known and for an unknown key', async () => {
    await registry.post('/assets', newBody(), as('giles')).expect(201);
    registry.identity.mode = 'down';
    await expectUnavailable('giles');
    await expectUnavailable('newcomer');
    registry.identity.mode = 'up';
    await registry.post('/assets', newBody(), as('newcomer')).expect(201);
  });

  it('503 in bounded time when it does not answer, also for those who come meanwhile', async () => {
    await registry.post('/assets', newBody(), as('giles')).expect(201);
    registry.identity.mode = 'hang';
    const start = performance.now();
    await Promise.all(Array.from({ length: 20 }, () => expectUnavailable('giles')));
    expect(performance.now() - start).toBeLessThan(30_000);
  });

  it('403 account_disabled when the account has ended, and nothing is stored', async () => {
    await registry.post('/assets', newBody(), as('faith')).expect(201);
    registry.identity.disabled.add('user:faith');
    const before = await countRows(registry.tables);
    const [answer, bystander] = await Promise.all([
      registry.post('/assets', newBody(), as('faith')),
      registry.post('/assets', newBody(), as('giles')),
    ]);
    expect([answer.status, bystander.status]).toEqual([403, 201]);
    expect(answer.body).toMatchObject({ code: 'account_disabled' });
    expect((await countRows(registry.tables)).assets).toBe(before.assets + 1);
  });

  it('503 when identity’s keys are of another domain, as the claims would not verify', async () => {
    const elsewhere = await startRegistry({
      ...{ databaseUrl: database.url, tables, authUrl: auth.url, logger, identity: registry.identity },
      overrides: { transport, store },
      env: { ARTDAG_DOMAIN: 'other.example.com' },
    });
    const answer = await elsewhere.post('/assets', newBody(), as('giles'));
    await elsewhere.stop();
    expect(answer.status).toBe(503);
  });

  it('reads go on', async () => {
    registry.identity.mode = 'down';
    await registry.get('/assets').expect(200);
  });
});

describe('signing calls', () => {
  it('are shared by registrations that come together, and none gets another’s signature', async () => {
    await registry.post('/assets', newBody(), as('giles')).expect(201);
    registry.identity.mode = 'slow';
    registry.identity.batches.length = 0;
    const answers = await Promise.all(
      Array.from({ length: 60 }, (_, i) => registry.post('/assets', newBody(), as(i % 2 ? 'giles' : 'newcomer'))),
    );
    expect(answers.map((answer) => answer.status)).toEqual(answers.map(() => 201));
    const { batches } = registry.identity;
    expect(batches.reduce((sum, n) => sum + n, 0)).toBe(60);
    // How many come together while others are signed for depends on the machine; one by one they would be 60.
    expect(batches.length).toBeLessThanOrEqual(30);
  });

  it('look a key up once for all who need it', async () => {
    registry.identity.lookUps = 0;
    await Promise.all(Array.from({ length: 10 }, () => registry.post('/assets', newBody(), as('once')).expect(201)));
    expect(registry.identity.lookUps).toBe(1);
  });
});

describe('actor-keys-changed', () => {
  const replicas = (): RunningRegistry[] => [registry, other];
  const registerOnAll = (name: string) =>
    Promise.all(replicas().map((replica) => replica.post('/assets', newBody(), as(name)).expect(201)));

  it('reaches one replica, and every replica looks the key up again', async () => {
    await registerOnAll('xander');
    registry.identity.rotate('user:xander');
    await publish(transport, keysEvent('xander', 1, [newActorKey('xander', 'ed25519-key-2')]));
    registry.identity.lookUps = 0;
    registry.identity.batches.length = 0;
    await registerOnAll('xander');
    expect(registry.identity.lookUps).toBe(2);
    expect(registry.identity.batches).toEqual([1, 1]);
    expect(registry.identity.keyOf('user:xander').keyId).toBe(`${publicUrl}/users/xander#ed25519-key-2`);
  });

  it.each([
    ['as identity and this version say it', { cache: 'actor-keys', key: 'user:spike' }],
    ['as an earlier version says it', { kind: 'actor-keys', actor_id: 'user:spike' }],
  ])('is heard over cache:invalidate %s', async (_form, message) => {
    await registerOnAll('spike');
    registry.identity.lookUps = 0;
    await registerOnAll('spike');
    expect(registry.identity.lookUps).toBe(0);
    for (const noise of ['{"cache":"actor-keys"}', '{"cache":"actor","key":"user:spike"}', 'null', '{', '7']) {
      await store.publish('cache:invalidate', noise);
    }
    await registerOnAll('spike');
    expect(registry.identity.lookUps).toBe(0);
    await store.publish('cache:invalidate', JSON.stringify(message));
    await registerOnAll('spike');
    expect(registry.identity.lookUps).toBe(2);
  });
});
