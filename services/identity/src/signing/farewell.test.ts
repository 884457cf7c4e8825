import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { verify } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openDatabase, type Database } from '@artdag/database/identity';
import { userDeleted, userDisabled } from '@artdag/events';
import { toOutboxRow } from '@artdag/messaging';
import { newId } from '@artdag/service-kit';
import {
  createTestDatabase,
  eventually,
  makeAssertionKit,
  quietLogger,
  startFakeAuth,
  type FakeAuth,
  type TestDatabase,
} from '@artdag/testing';
import { startIdentity, testPublicUrl, type RunningIdentity } from '../start-identity.testing.ts';

const day = 24 * 3600_000;

let database: TestDatabase;
let tables: Database;
let auth: FakeAuth;
let identity: RunningIdentity;
let now = new Date();
const dataDir = mkdtempSync(join(tmpdir(), 'artdag-identity-'));
const kit = makeAssertionKit('identity', { now: () => now });

beforeAll(async () => {
  database = await createTestDatabase();
  tables = openDatabase({ databaseUrl: database.url, max: 1 });
  auth = await startFakeAuth();
  identity = await startIdentity({
    ...{ databaseUrl: database.url, tables, authUrl: auth.url, logger: quietLogger(), dataDir },
    overrides: { now: () => now },
  });
});
afterAll(async () => {
  await identity?.stop();
  await auth?.close();
  await tables?.close();
  await database?.drop();
  rmSync(dataDir, { recursive: true, force: true });
});

interface Result {
  key_id?: string;
  signature?: string;
  error?: { status: number; code: string };
}

async function sign(name: string, o: { farewell?: unknown; service?: string; fragment?: string } = {}) {
  const { farewell, service = 'federation', fragment = 'main-key' } = o;
  const key = fragment.startsWith('main') ? 'rsa' : 'ed25519';
  const key_id = `${testPublicUrl}/users/${name}#${fragment}`;
  const item = { actor_id: `user:${name}`, key, key_id, data: Buffer.from('goodbye').toString('base64'), farewell };
  const assertion = { 'x-actor-assertion': kit.service(service) };
  const { status, body } = await identity.post('/internal/sign', { items: [item] }, assertion);
  return { status, result: (body as { signatures?: Result[] }).signatures?.[0] };
}

/** An actor, with keys if it has ever signed, that auth ends now; `heard` is whether the news of it has come. */
async function endedActor(
  name: string,
  status: 'disabled' | 'deleted',
  { signed = true, heard = true }: { signed?: boolean; heard?: boolean } = {},
): Promise<void> {
  const actor = { actor_id: `user:${name}`, username: name };
  auth.actors.set(actor.actor_id, { ...actor, status: 'active' });
  for (const fragment of signed ? ['main-key', 'ed25519-key'] : []) {
    expect(await sign(name, { fragment })).toMatchObject({ status: 200, result: { signature: expect.any(String) } });
  }
  auth.actors.set(actor.actor_id, { ...actor, status });
  if (heard) await tellOfEnd(actor.actor_id, status);
  now = new Date(now.getTime() + 61_000);
}

/** The news of an end that was so long ago. */
async function tellOfEnd(
  actorId: string,
  status: 'disabled' | 'deleted',
  { version = 2, agoMs = 0 }: { version?: number; agoMs?: number } = {},
): Promise<void> {
  const at = new Date(now.getTime() - agoMs).toISOString();
  const event = (status === 'deleted' ? userDeleted : userDisabled).create({
    ...{ id: newId('evt'), occurred_at: at, subject: actorId, subject_version: version },
    data: { actor_id: actorId },
  });
  const { id, routing_key: routingKey, payload } = toOutboxRow(event);
  await identity.transport.publish([{ id, routingKey, body: Buffer.from(payload) }]);
  await eventually(async () => {
    const rows = await identity.sql('SELECT 1 FROM identity.processed_events WHERE event_id = $1', [id]);
    return rows.length === 1;
  });
}

const refused = { error: expect.objectContaining({ status: 403, code: 'actor_disabled' }) };

describe('a farewell', () => {
  it('of a deleted actor is signed by its own keys, which its other words are not', async () => {
    await endedActor('anya', 'deleted');
    for (const fragment of ['main-key', 'ed25519-key']) {
      expect((await sign('anya', { fragment })).result).toEqual(refused);
      const { result } = await sign('anya', { fragment, farewell: true });
      const [row] = await identity.sql('SELECT public_key FROM identity.actor_keys WHERE key_id = $1', [
        result?.key_id,
      ]);
      const signature = Buffer.from(result?.signature ?? '', 'base64');
      const hash = fragment === 'main-key' ? 'sha256' : null;
      expect(verify(hash, Buffer.from('goodbye'), String(row?.['public_key']), signature)).toBe(true);
      // What memory holds now is no more willing than before.
      expect((await sign('anya', { fragment })).result).toEqual(refused);
    }
  });

  it('is signed for 30 days after a deletion, counted from when it was and not from when it was heard of', async () => {
    await endedActor('willow', 'deleted', { heard: false });
    expect((await sign('willow', { farewell: true })).result).toHaveProperty('signature');
    await tellOfEnd('user:willow', 'deleted', { agoMs: 30 * day - 60_000 });
    expect((await sign('willow', { farewell: true })).result).toHaveProperty('signature');
    now = new Date(now.getTime() + 60_001);
    expect((await sign('willow', { farewell: true })).result).toEqual(refused);
  });

  it('of a disabled actor is signed however long ago that was', async () => {
    await endedActor('spike', 'disabled', { heard: false });
    await tellOfEnd('user:spike', 'disabled', { agoMs: 400 * day });
    expect((await sign('spike')).result).toEqual(refused);
    expect((await sign('spike', { farewell: true, service: 'asset-registry' })).result).toHaveProperty('signature');
    auth.actors.set('user:spike', { actor_id: 'user:spike', username: 'spike', status: 'deleted' });
    await tellOfEnd('user:spike', 'deleted', { version: 3 });
    now = new Date(now.getTime() + 61_000);
    expect((await sign('spike', { farewell: true })).result).toHaveProperty('signature');
    await tellOfEnd('user:spike', 'deleted', { version: 4, agoMs: 31 * day });
    expect((await sign('spike', { farewell: true })).result).toEqual(refused);
  });

  it('makes no key for who never had one', async () => {
    await endedActor('tara', 'deleted', { signed: false });
    expect((await sign('tara', { farewell: true })).result).toEqual(refused);
    expect(await identity.sql(`SELECT 1 FROM identity.actor_keys WHERE actor_id = 'user:tara'`)).toEqual([]);
  });

  it('names the present key, like anything else that is signed', async () => {
    await endedActor('xander', 'deleted');
    const { result } = await sign('xander', { farewell: true, fragment: 'main-key-2' });
    expect(result).toEqual({
      error: {
        ...{ status: 409, code: 'key_changed', detail: expect.any(String) },
        key_id: `${testPublicUrl}/users/xander#main-key`,
      },
    });
  });

  it('is asset-registry’s and federation’s to bid, and nobody else’s', async () => {
    await endedActor('giles', 'deleted');
    expect((await sign('giles', { farewell: true, service: 'l1-bridge' })).result).toEqual(refused);
    expect((await sign('giles', { farewell: true, service: 'asset-registry' })).result).toHaveProperty('signature');
    expect((await sign('giles', { farewell: 'yes' })).status).toBe(422);
  });

  it('changes nothing for who is there', async () => {
    auth.actors.set('user:buffy', { actor_id: 'user:buffy', username: 'buffy', status: 'active' });
    expect((await sign('buffy', { farewell: true })).result).toHaveProperty('signature');
  });
});
