import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openDatabase, type Database } from '@artdag/database/identity';
import { actorKeysChanged, userDeleted, userRegistered, type Envelope } from '@artdag/events';
import { toOutboxRow } from '@artdag/messaging';
import {
  createTestDatabase,
  eventually,
  quietLogger,
  startFakeAuth,
  type FakeAuth,
  type TestDatabase,
} from '@artdag/testing';
import { startIdentity, testPublicUrl, type RunningIdentity } from '../start-identity.testing.ts';

let database: TestDatabase;
let tables: Database;
let auth: FakeAuth;
let identity: RunningIdentity;
let dataDir: string;

beforeEach(async () => {
  database = await createTestDatabase();
  tables = openDatabase({ databaseUrl: database.url, max: 1 });
  auth = await startFakeAuth();
  dataDir = mkdtempSync(join(tmpdir(), 'artdag-identity-'));
  const logger = quietLogger();
  identity = await startIdentity({ databaseUrl: database.url, tables, authUrl: auth.url, logger, dataDir });
});
afterEach(async () => {
  await identity.stop();
  await auth.close();
  await tables.close();
  await database.drop();
  rmSync(dataDir, { recursive: true });
});

const registered = (id: string, version = 1): Envelope =>
  userRegistered.create({
    ...{ id, occurred_at: '2026-11-21T12:00:00Z', subject: 'user:giles', subject_version: version },
    data: { actor_id: 'user:giles', username: 'giles', actor_type: 'human', display_name: 'giles', method: 'password' },
  });

const deleted = (id: string, version: number): Envelope =>
  userDeleted.create({
    ...{ id, occurred_at: '2026-11-21T12:00:00Z', subject: 'user:giles', subject_version: version },
    data: { actor_id: 'user:giles' },
  });

async function deliver(...events: Envelope[]): Promise<void> {
  const messages = events.map((event) => {
    const { id, routing_key: routingKey, payload } = toOutboxRow(event);
    return { id, routingKey, body: Buffer.from(payload) };
  });
  await identity.transport.publish(messages);
  const ids = [...new Set(events.map(({ id }) => id))];
  await eventually(async () => {
    const rows = await identity.sql('SELECT 1 FROM identity.processed_events WHERE event_id = ANY($1)', [ids]);
    return rows.length === ids.length;
  });
}

const events = async (): Promise<Envelope[]> => {
  const rows = await identity.sql('SELECT payload FROM identity.outbox ORDER BY created_at');
  return rows.map(({ payload }) => actorKeysChanged.parse(JSON.parse(String(payload))));
};

describe('user-registered', () => {
  it('makes both pairs and tells of them in one event', async () => {
    await deliver(registered('evt_1'));
    const rows = await identity.sql('SELECT kind, key_id, status, private_enc FROM identity.actor_keys ORDER BY kind');
    expect(rows).toEqual([
      { kind: 'ed25519', key_id: `${testPublicUrl}/users/giles#ed25519-key`, status: 'primary', private_enc: null },
      { kind: 'rsa', key_id: `${testPublicUrl}/users/giles#main-key`, status: 'primary', private_enc: null },
    ]);
    expect(readdirSync(join(dataDir, 'keys')).toSorted()).toEqual(['giles.ed25519.pem', 'giles.pem', 'giles.pub']);
    expect(await events()).toEqual([
      expect.objectContaining({
        subject: 'user:giles#keys',
        subject_version: 1,
        producer: 'identity',
        data: expect.objectContaining({ actor_id: 'user:giles', username: 'giles', keys: expect.any(Array) }),
      }),
    ]);
  });

  it('delivered twice, also as two events, makes one pair and one event', async () => {
    await deliver(registered('evt_1'), registered('evt_1'));
    await deliver(registered('evt_1'), registered('evt_2'));
    expect(await identity.sql('SELECT 1 FROM identity.actor_keys')).toHaveLength(2);
    expect(await events()).toHaveLength(1);
    expect(await identity.sql('SELECT version, actor_version FROM identity.key_sets')).toEqual([
      { version: 1, actor_version: 1 },
    ]);
  });

  it('that comes after a deletion makes no keys', async () => {
    await deliver(deleted('evt_2', 2));
    await deliver(registered('evt_1', 1));
    expect(await identity.sql('SELECT 1 FROM identity.actor_keys')).toEqual([]);
    expect(existsSync(join(dataDir, 'keys'))).toBe(false);
    expect(await events()).toEqual([]);
    const sets = await identity.sql('SELECT username, actor_status, actor_version FROM identity.key_sets');
    expect(sets).toEqual([{ username: 'giles', actor_status: 'deleted', actor_version: 2 }]);
  });

  it('leaves the same behind as in order: the deletion counts, the keys stay for old claims', async () => {
    await deliver(registered('evt_1', 1));
    await deliver(deleted('evt_2', 2));
    await deliver(registered('evt_3', 1));
    expect(await identity.sql('SELECT actor_status, actor_version, version FROM identity.key_sets')).toEqual([
      { actor_status: 'deleted', actor_version: 2, version: 1 },
    ]);
    expect(await identity.sql('SELECT 1 FROM identity.actor_keys')).toHaveLength(2);
  });

  it('publishes what it wrote', async () => {
    const seen: string[] = [];
    await identity.transport.subscribe({
      ...{ service: 'federation', type: 'actor-keys-changed', routingKey: 'identity.actor-keys-changed' },
      onMessage: async ({ body }) => {
        seen.push(JSON.parse(body.toString()).subject);
      },
    });
    await deliver(registered('evt_1'));
    await eventually(() => seen.length === 1);
    expect(seen).toEqual(['user:giles#keys']);
  });
});
