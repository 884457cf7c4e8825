import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { openDatabase } from '@artdag/database/bridge';
import { createMemoryStore } from '@artdag/key-value';
import { openServer } from '@artdag/service-kit';
import {
  createTestDatabase,
  eventually,
  freePort,
  makeAssertionKit,
  quietLogger,
  startFakeAuth,
  type FakeAuth,
  type TestDatabase,
} from '@artdag/testing';
import request from 'supertest';
import { createService, loadConfig, type Overrides } from './service.ts';
import { startBridge, type RunningBridge } from './start-bridge.testing.ts';

const logger = quietLogger();
const kit = makeAssertionKit('l1-bridge');
let test: TestDatabase;
let auth: FakeAuth;
let env: { DATABASE_URL: string; AUTH_URL: string; L1_SERVERS: string };

beforeAll(async () => {
  test = await createTestDatabase();
  auth = await startFakeAuth();
  env = { DATABASE_URL: test.url, AUTH_URL: auth.url, L1_SERVERS: 'https://b.example/,https://a.example' };
});

/** What a test has started; stopped after it, also when it failed. */
let started: RunningBridge[] = [];

async function start(overrides: Overrides = {}): Promise<RunningBridge> {
  const bridge = await startBridge(env, { logger, ...overrides });
  started.push(bridge);
  return bridge;
}

afterEach(async () => {
  await Promise.all(started.map((bridge) => bridge.stop()));
  started = [];
});

afterAll(async () => {
  await auth.close();
  await test.drop();
});

describe('l1-bridge', () => {
  it('tells the gateway, and nobody else, what is configured', async () => {
    const bridge = await start();
    const ask = (assertion: string) =>
      request(bridge.url).get('/internal/l1/servers').set('x-actor-assertion', assertion);
    const { body } = await ask(kit.service('gateway')).expect(200);
    expect(body).toEqual({ l1_servers: ['https://b.example', 'https://a.example'] });
    await ask(kit.service('federation')).expect(403);
    await ask(kit.actor({ roles: ['system_admin'] })).expect(403);
    await request(bridge.url).get('/internal/l1/servers').expect(401);
  });

  it('is ready with its database, and only degraded without its store', async () => {
    const store = createMemoryStore();
    const away = () => Promise.reject(new Error('away'));
    const bridge = await start({ store: { ...store, ping: away } });
    const { body } = await request(bridge.url).get('/readyz').expect(200);
    expect(body.status).toBe('degraded');
    expect(Object.keys(body.checks).sort()).toEqual(['assertion_key', 'bus', 'database', 'store']);
    await store.close();
  });

  it('is ready only once auth has its key, without which it could ask nobody anything, and stays so without auth', async () => {
    auth.down = true;
    const bridge = await start();
    const readiness = async () => {
      const { status, body } = await request(bridge.url).get('/readyz');
      return [status, body.checks.assertion_key];
    };
    expect(await readiness()).toEqual([503, 'failing']);
    auth.down = false;
    await eventually(async () => expect(await readiness()).toEqual([200, 'ok']));
    auth.down = true;
    expect(await readiness()).toEqual([200, 'ok']);
    auth.down = false;
  });

  it('does not start without its database', async () => {
    const url = `postgresql://postgres@127.0.0.1:${await freePort()}/nowhere`;
    await expect(startBridge({ ...env, DATABASE_URL: url }, { logger })).rejects.toThrow();
  });

  it('does not start as a role that row-level security would not bind', async () => {
    const owned = await createTestDatabase();
    const tables = openDatabase({ databaseUrl: owned.url, max: 1 });
    await tables.pool.query('SET ROLE NONE; ALTER TABLE user_renderers OWNER TO bridge_svc');
    await tables.close();
    await expect(startBridge({ ...env, DATABASE_URL: owned.url }, { logger })).rejects.toThrow(/owns tables/);
    await owned.drop();
  });

  it('uses a server that listens already, and closes twice as once, without what it was given', async () => {
    const server = await openServer({ host: '127.0.0.1', port: 0 });
    const store = createMemoryStore();
    const bridge = await start({ server, store });
    await request(bridge.url).get('/healthz').expect(200);
    await Promise.all([bridge.service.close(), bridge.service.close()]);
    expect(server.listening).toBe(false);
    await store.set('still', 'open');
    expect(await store.get('still')).toBe('open');
    await store.close();
  });

  it('wants a store of its own when none is given', () => {
    const config = loadConfig({ ...env, SERVICE_KEY: '00'.repeat(32) }, { embedded: true });
    expect(() => createService(config)).toThrow(/REDIS_URL/);
  });
});
