import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { openDatabase, type Database } from '@artdag/database/bridge';
import {
  createTestDatabase,
  makeAssertionKit,
  quietLogger,
  startFakeAuth,
  type FakeAuth,
  type TestDatabase,
} from '@artdag/testing';
import request from 'supertest';
import { startBridge, type RunningBridge } from '../start-bridge.testing.ts';

const north = 'https://north.example';
const south = 'https://south.example';
const kit = makeAssertionKit('l1-bridge');
const alice = { actor_id: 'user:alice', username: 'alice' };
const bob = { actor_id: 'user:bob', username: 'bob' };

let test: TestDatabase;
let tables: Database;
let auth: FakeAuth;
let bridge: RunningBridge;
/** What a test has started; stopped after it, also when it failed. */
let others: RunningBridge[] = [];

beforeAll(async () => {
  test = await createTestDatabase();
  tables = openDatabase({ databaseUrl: test.url, max: 2 });
  auth = await startFakeAuth();
  bridge = await start('HTTPS://South.example:443/, https://north.example');
});

afterEach(async () => {
  await Promise.all(others.map((other) => other.stop()));
  others = [];
});

afterAll(async () => {
  await bridge.stop();
  await auth.close();
  await tables.close();
  await test.drop();
});

const start = (servers: string) =>
  startBridge({ DATABASE_URL: test.url, AUTH_URL: auth.url, L1_SERVERS: servers }, { logger: quietLogger() });

async function startOther(servers: string): Promise<RunningBridge> {
  const other = await start(servers);
  others.push(other);
  return other;
}

/** A row as attaching will make it. */
async function attach(who: typeof alice, l1Url: string, verifiedAt: Date | null): Promise<void> {
  const status = verifiedAt === null ? 'pending' : 'attached';
  const { actor_id: actorId, username } = who;
  const data = { id: `${username} at ${l1Url}`, actorId, username, l1Url, status, verifiedAt };
  await tables.asOwner({ actorId }, (tx) => tx.userRenderer.create({ data }));
}

const list = (from: RunningBridge, who: typeof alice) =>
  request(from.url).get('/renderers').set('x-actor-assertion', kit.actor(who)).expect(200);

const detached = (l1_server: string) => ({
  l1_server,
  name: new URL(l1_server).host,
  status: 'active',
  attached: false,
  verified_at: null,
});

describe('GET /renderers', () => {
  it('lists the configured servers in their order, in their one spelling', async () => {
    const { body, headers } = await list(bridge, { actor_id: 'user:carol', username: 'carol' });
    expect(body).toEqual({ renderers: [detached(south), detached(north)] });
    expect(headers['cache-control']).toBe('private, no-store');
    expect(headers['vary']).toBe('Accept');
  });

  it("shows each of two users their own attachments and nothing of the other's", async () => {
    await attach(alice, north, new Date('2026-01-10T12:00:00Z'));
    await attach(alice, south, null);
    await attach(bob, south, new Date('2026-02-11T13:00:00Z'));
    const attached = { attached: true, verified_at: '2026-01-10T12:00:00.000Z' };
    const [forAlice, forBob] = await Promise.all([list(bridge, alice), list(bridge, bob)]);
    expect(forAlice.body.renderers).toEqual([detached(south), { ...detached(north), ...attached }]);
    const attachedLater = { attached: true, verified_at: '2026-02-11T13:00:00.000Z' };
    expect(forBob.body.renderers).toEqual([{ ...detached(south), ...attachedLater }, detached(north)]);
  });

  it('keeps the two apart on one connection, whoever asked before', async () => {
    for (const [who, attachedTo] of [
      [alice, north],
      [bob, south],
      [alice, north],
      [bob, south],
    ] as const) {
      const { body } = await list(bridge, who);
      const attached = body.renderers.filter((renderer: { attached: boolean }) => renderer.attached);
      expect(attached.map((renderer: { l1_server: string }) => renderer.l1_server)).toEqual([attachedTo]);
    }
  });

  it('no longer offers a server that left the configuration', async () => {
    const other = await startOther('https://north.example,https://new.example');
    const { body } = await list(other, bob);
    expect(body.renderers).toEqual([detached(north), detached('https://new.example')]);
  });

  it('keeps what operators said about a server over a restart', async () => {
    await tables.prisma.l1Server.update({ where: { url: north }, data: { status: 'draining', name: 'The north' } });
    const restarted = await startOther(north);
    const { body } = await list(restarted, bob);
    expect(body.renderers).toEqual([{ ...detached(north), status: 'draining', name: 'The north' }]);
  });

  it('starts without servers, and with three replicas at once', async () => {
    const none = await startOther(' , ');
    expect((await list(none, alice)).body).toEqual({ renderers: [] });
    const lists = ['https://x.example,https://y.example', 'https://y.example,https://x.example', ' , '];
    await Promise.all(lists.map(startOther));
  });

  it('is served to an agent, and to HEAD without a body', async () => {
    const agent = kit.actor({ actor_id: 'agent:a', actor_type: 'agent', username: null });
    await request(bridge.url).get('/renderers').set('x-actor-assertion', agent).expect(200);
    const head = await request(bridge.url).head('/renderers').set('x-actor-assertion', agent).expect(200);
    expect(head.text ?? '').toBe('');
  });
});

describe('GET /renderers of whoever may not ask', () => {
  it('answers 401 to an anonymous caller', async () => {
    const { body, headers } = await request(bridge.url).get('/renderers').expect(401);
    expect(body).toMatchObject({ code: 'unauthorized', detail: 'Unauthorized: No valid session token or API key' });
    expect(headers['www-authenticate']).toContain('Bearer');
  });

  it('answers 401 to an assertion that was made for another service', async () => {
    const elsewhere = makeAssertionKit('asset-registry').actor(alice);
    const { body } = await request(bridge.url).get('/renderers').set('x-actor-assertion', elsewhere).expect(401);
    expect(body.code).toBe('invalid_assertion');
  });

  it('answers 401 to every forgery', async () => {
    for (const [, token] of kit.forgeries(alice)) {
      await request(bridge.url).get('/renderers').set('x-actor-assertion', token).expect(401);
    }
  });

  it('answers 403 to a service that speaks for itself', async () => {
    await request(bridge.url).get('/renderers').set('x-actor-assertion', kit.service('federation')).expect(403);
  });
});
