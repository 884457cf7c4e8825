import type { Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openDatabase, type Database } from '@artdag/database/registry';
import { createMemoryStore } from '@artdag/key-value';
import { createInProcessTransport } from '@artdag/messaging';
import { ConfigError, openServer } from '@artdag/service-kit';
import {
  createTestDatabase,
  eventually,
  makeAssertionKit,
  quietLogger,
  startFakeAuth,
  tcpProxy,
  type FakeAuth,
  type TestDatabase,
} from '@artdag/testing';
import { loadConfig } from './service.ts';
import { newBody, startRegistry } from './testing/registry.testing.ts';

let database: TestDatabase;
let tables: Database;
let auth: FakeAuth;
const logger = quietLogger();
const kit = makeAssertionKit('asset-registry');
const scopes = ['assets:create'];

beforeAll(async () => {
  database = await createTestDatabase();
  tables = openDatabase({ databaseUrl: database.url, max: 3 });
  auth = await startFakeAuth();
});
afterAll(async () => {
  await tables?.close();
  await auth?.close();
  await database?.drop();
});

describe('readiness', () => {
  it('is ok with everything, degraded without store and bus', async () => {
    const store = createMemoryStore();
    const transport = createInProcessTransport({ logger });
    const surroundings = { databaseUrl: database.url, tables, authUrl: auth.url, logger };
    const registry = await startRegistry({ ...surroundings, overrides: { store, transport } });
    const all = { database: 'ok', store: 'ok', bus: 'ok', assertion_key: 'ok' };
    await eventually(async () => {
      const ready = await registry.get('/readyz').expect(200);
      expect(ready.body).toMatchObject({ status: 'ok', checks: all });
    });
    await transport.close();
    await store.close();
    const degraded = await registry.get('/readyz').expect(200);
    expect(degraded.body).toMatchObject({
      status: 'degraded',
      checks: { database: 'ok', store: 'failing', bus: 'failing' },
    });
    const token = kit.actor({ actor_id: 'user:giles', username: 'giles', scopes });
    await registry.post('/assets', newBody(), { 'x-actor-assertion': token }).expect(201);
    await registry.stop();
  });

  it('needs the database: 503 without it, and all is well again by itself', async () => {
    const proxy = await tcpProxy({ target: database.url });
    const registry = await startRegistry({ databaseUrl: proxy.url, tables, authUrl: auth.url, logger });
    const token = kit.actor({ actor_id: 'user:giles', username: 'giles', scopes });
    const register = () => registry.post('/assets', newBody(), { 'x-actor-assertion': token });
    await register().expect(201);
    await proxy.cut();
    const ready = await registry.get('/readyz').expect(503);
    expect(ready.body).toMatchObject({ status: 'unavailable', checks: { database: 'failing' } });
    const answers = await Promise.all(Array.from({ length: 10 }, register));
    for (const answer of answers) {
      expect(answer.status).toBe(503);
      expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    }
    await registry.get('/assets').expect(503);
    await proxy.restore();
    await eventually(() => registry.get('/readyz').expect(200));
    await eventually(() => register().expect(201));
    await registry.stop();
    await proxy.close();
  });
});

describe('closing', () => {
  it('answers what is in flight, and everything acknowledged is there', async () => {
    const surroundings = { databaseUrl: database.url, tables, authUrl: auth.url, logger };
    const server = await openServer({ host: '127.0.0.1', port: 0 });
    const sockets: Socket[] = [];
    server.on('connection', (socket: Socket) => sockets.push(socket));
    const registry = await startRegistry({ ...surroundings, overrides: { server } });
    const token = kit.actor({ actor_id: 'user:giles', username: 'giles', scopes });
    const bodies = Array.from({ length: 30 }, () => newBody());
    registry.identity.mode = 'slow';
    const answers = bodies.map((body) =>
      registry.post('/assets', body, { 'x-actor-assertion': token }).then((answer) => answer.status),
    );
    await eventually(() => sockets.filter(({ bytesRead }) => bytesRead > 0).length === bodies.length, { everyMs: 2 });
    await registry.stop();
    expect(await Promise.all(answers)).toEqual(bodies.map(() => 201));
    const again = await startRegistry(surroundings);
    for (const body of bodies) await again.get(`/assets/${body.name}`).expect(200);
    await again.stop();
  });
});

describe('start', () => {
  const secrets = { SERVICE_KEY: 'k', DATA_ENCRYPTION_KEY: '11'.repeat(32) };
  const env = { ...secrets, DATABASE_URL: 'postgresql://h/d', REDIS_URL: 'redis://h', RABBITMQ_URL: 'amqp://h' };

  it('names every variable that is missing or wrong', () => {
    expect(() => loadConfig({})).toThrow(ConfigError);
    expect(() => loadConfig({})).toThrow(/SERVICE_KEY.*REDIS_URL.*RABBITMQ_URL.*DATA_ENCRYPTION_KEY/);
    expect(() => loadConfig({ ...env, PORT: 'abc' })).toThrow(/PORT: got "abc", wants a whole number/);
    expect(() => loadConfig(secrets, { embedded: true })).not.toThrow();
    expect(() => loadConfig({ ...env, DATA_ENCRYPTION_KEY: 'short' })).toThrow(/DATA_ENCRYPTION_KEY: wants 32 bytes/);
    expect(loadConfig(env).otsCalendars).toHaveLength(3);
    expect(loadConfig({ ...env, OTS_CALENDARS: 'none' }).otsCalendars).toEqual([]);
    expect(loadConfig(env)).toMatchObject({
      port: 8201,
      publicUrl: 'https://artdag.rose-ash.com',
      databasePoolMax: 10,
    });
    expect(loadConfig({ ...env, ARTDAG_DOMAIN: 'localhost:8200', PUBLIC_SCHEME: 'http' }).publicUrl).toBe(
      'http://localhost:8200',
    );
  });
});
