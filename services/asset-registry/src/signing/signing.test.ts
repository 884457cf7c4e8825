import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { openDatabase, type Database } from '@artdag/database/registry';
import { actorKeysChanged } from '@artdag/events';
import { createMemoryStore, type KeyValueStore } from '@artdag/key-value';
import { appendEvent, createInProcessTransport, createRelay, executeWithPg, type Transport } from '@artdag/messaging';
import {
  createTestDatabase,
  eventually,
  makeAssertionKit,
  quietLogger,
  startFakeAuth,
  type FakeAuth,
  type TestDatabase,
} from '@artdag/testing';
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

  it('503 within two seconds when it does not answer, also for those who come meanwhile', async () => {
    await registry.post('/assets', newBody(), as('giles')).expect(201);
    registry.identity.mode = 'hang';
    const start = performance.now();
    await Promise.all(Array.from({ length: 20 }, () => expectUnavailable('giles')));
    expect(performance.now() - start).toBeLessThan(4000);
  }, 10_000);

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
    expect(batches.length).toBeLessThanOrEqual(10);
  }, 15_000);

  it('look a key up once for all who need it', async () => {
    registry.identity.lookUps = 0;
    await Promise.all(Array.from({ length: 10 }, () => registry.post('/assets', newBody(), as('once')).expect(201)));
    expect(registry.identity.lookUps).toBe(1);
  });

  it('compose anew when the key has changed, and the claim names the new key', async () => {
    await registry.post('/assets', newBody(), as('anya')).expect(201);
    const { keyId } = registry.identity.rotate('user:anya');
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => registry.post('/assets', newBody(), as('anya')).expect(201)),
    );
    for (const answer of answers) {
      expect(answer.body).toMatchObject({ activity: { proof: { verificationMethod: keyId } } });
    }
  });
});

describe('actor-keys-changed', () => {
  async function announce(actorId: string, username: string, serial: number): Promise<void> {
    const relay = createRelay({ execute: executeWithPg(registry.tables.pool), transport, logger, pollMs: 20 });
    const { keyId } = registry.identity.keyOf(actorId);
    const event = actorKeysChanged.create({
      id: `evt_keys_${serial}`,
      occurred_at: new Date().toISOString(),
      subject: `${actorId}#keys`,
      subject_version: serial,
      data: {
        actor_id: actorId,
        username,
        keys: [{ key_id: keyId, kind: 'ed25519', status: 'primary', public_key_pem: 'pem' }],
      },
    });
    await appendEvent(executeWithPg(registry.tables.pool), event);
    relay.start();
    await eventually(async () => {
      const { rows } = await registry.tables.pool.query<{ n: number }>(
        'SELECT count(*)::int AS n FROM processed_events WHERE event_id = $1',
        [event.id],
      );
      return rows[0]?.n === 1;
    });
    await relay.stop();
  }

  it('reaches one replica, and every replica looks the key up again', async () => {
    await Promise.all([registry, other].map((replica) => replica.post('/assets', newBody(), as('xander')).expect(201)));
    registry.identity.rotate('user:xander');
    await announce('user:xander', 'xander', 1);
    registry.identity.lookUps = 0;
    registry.identity.batches.length = 0;
    await registry.post('/assets', newBody(), as('xander')).expect(201);
    await other.post('/assets', newBody(), as('xander')).expect(201);
    expect(registry.identity.lookUps).toBe(2);
    expect(registry.identity.batches).toEqual([1, 1]);
    expect(registry.identity.keyOf('user:xander').keyId).toBe(`${publicUrl}/users/xander#ed25519-key-2`);
  });
});
