import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openDatabase, type Database } from '@artdag/database/auth';
import {
  agentCreated,
  agentRevoked,
  keyAdded,
  keyRevoked,
  l1RevocationFailed,
  rendererAttached,
  rendererDetached,
  runRecorded,
  type Envelope,
} from '@artdag/events';
import { createMemoryStore, type KeyValueStore } from '@artdag/key-value';
import { createInProcessTransport, toOutboxRow, type Transport } from '@artdag/messaging';
import { denyKey } from '@artdag/revocation';
import { createTestDatabase, eventually, quietLogger, type TestDatabase } from '@artdag/testing';
import { auditOf } from '../audit/audit.testing.ts';
import { startAuth, type RunningAuth } from '../start-auth.testing.ts';

let database: TestDatabase;
let tables: Database;
let auth: RunningAuth;
let transport: Transport;
let store: KeyValueStore;

beforeAll(async () => {
  database = await createTestDatabase();
  tables = openDatabase({ databaseUrl: database.url, max: 2 });
  const logger = quietLogger();
  transport = createInProcessTransport({ logger, retryDelaysMs: [50, 50] });
  store = createMemoryStore();
  auth = await startAuth({ databaseUrl: database.url, tables, logger, overrides: { transport, store } });
});
afterAll(async () => {
  await auth?.stop();
  await Promise.all([transport?.close(), store?.close()]);
  await tables?.close();
  await database?.drop();
});

async function deliver(...events: Envelope[]): Promise<void> {
  await transport.publish(
    events.map((event) => {
      const { id, routing_key: routingKey, payload } = toOutboxRow(event);
      return { id, routingKey, body: Buffer.from(payload) };
    }),
  );
  const ids = [...new Set(events.map(({ id }) => id))];
  await eventually(async () => {
    const rows = await auth.sql('SELECT 1 FROM auth.processed_events WHERE event_id = ANY($1)', [ids]);
    return rows.length === ids.length;
  });
}

const occurred_at = '2026-11-21T12:00:00Z';
const stamp = (id: string) => ({ id, occurred_at, correlation_id: 'req_1' });

const added = (id: string, keyId: string, actorId = 'user:giles') =>
  keyAdded.create({
    ...{ ...stamp(id), subject: keyId, subject_version: 1, actor_id: actorId },
    data: { actor_id: actorId, handle: 'giles', key_id: keyId, fingerprint: 'sha256:ab', algorithm: 'ed25519' },
  });
const revoked = (id: string, keyId: string, actorId = 'user:giles') =>
  keyRevoked.create({
    ...{ ...stamp(id), subject: keyId, subject_version: 2, actor_id: actorId },
    data: { actor_id: actorId, handle: 'giles', key_id: keyId, fingerprint: 'sha256:ab', reason: 'revoked_by_owner' },
  });
const agentData = (actorId: string, owner: string) => ({
  ...{ actor_id: actorId, handle: 'bot', fingerprint: 'sha256:cd', owner_actor_id: owner },
});
const created = (id: string, actorId: string, owner: string) =>
  agentCreated.create({
    ...{ ...stamp(id), subject: actorId, subject_version: 1, actor_id: actorId },
    data: { ...agentData(actorId, owner), expires_at: occurred_at },
  });
const ended = (id: string, actorId: string, owner: string) =>
  agentRevoked.create({
    ...{ ...stamp(id), subject: actorId, subject_version: 2, actor_id: actorId },
    data: { ...agentData(actorId, owner), reason: 'expired' },
  });

async function makeActor(handle: string, type: 'agent' | 'human'): Promise<string> {
  const body = { ref: `x:${handle}`, actor_type: type, handle, method: 'public_key' };
  const headers = { 'x-actor-assertion': await auth.assertionOf('identity') };
  return (await auth.post('/internal/actors', body, headers)).body.actor_id;
}

const statusOf = async (id: string): Promise<unknown> =>
  (await auth.sql('SELECT status FROM auth.actors WHERE id = $1', [id]))[0]?.['status'];
const denial = async (id: string) =>
  await auth.sql('SELECT reason, expires_at::text FROM auth.revoked_tokens WHERE jti = $1', [id]);

describe('key-added and key-revoked', () => {
  it('are audited once each, however often and in whatever order they come', async () => {
    await deliver(revoked('evt_2', 'key_order', 'user:order'), added('evt_1', 'key_order', 'user:order'));
    await deliver(added('evt_1', 'key_order', 'user:order'), revoked('evt_2', 'key_order', 'user:order'));
    const log = await auditOf(tables, 'user:order');
    expect(log).toHaveLength(2);
    expect(log).toEqual(
      expect.arrayContaining([
        {
          ...{ action: 'public_key.added', target: 'key_order', ip: null, request_id: 'req_1' },
          data: { fingerprint: 'sha256:ab', algorithm: 'ed25519' },
        },
        {
          ...{ action: 'public_key.revoked', target: 'key_order', ip: null, request_id: 'req_1' },
          data: { fingerprint: 'sha256:ab', reason: 'revoked_by_owner' },
        },
      ]),
    );
  });

  it('deny a key that identity could not have denied, in the store as well', async () => {
    await deliver(revoked('evt_3', 'key_undenied'));
    expect(await denial('key_undenied')).toEqual([expect.objectContaining({ reason: 'key_revoked' })]);
    await eventually(async () => (await store.get(denyKey('key_undenied'))) === 'key_revoked');
  });

  it('leave a denial that is there as it is', async () => {
    const ids = [{ id: 'key_denied', reason: 'by_identity', expires_at: '2031-01-01T00:00:00Z' }];
    const headers = { 'x-actor-assertion': await auth.assertionOf('identity') };
    await auth.post('/internal/auth/tokens/revoke', { ids }, headers);
    const before = await denial('key_denied');
    await deliver(revoked('evt_4', 'key_denied'));
    expect(await denial('key_denied')).toEqual(before);
  });
});

describe('key-revoked, for what L1s got by that key', () => {
  it('ends it, also where the key is denied already', async () => {
    const owner = await makeActor('attached', 'human');
    const headers = async (service: string) => ({ 'x-actor-assertion': await auth.assertionOf(service) });
    const wanted = { actor_id: owner, l1_server: 'https://l1.example' };
    const mint = async (credential_id: string): Promise<string> => {
      const body = { ...wanted, credential_id };
      return (await auth.post('/internal/auth/tokens/l1', body, await headers('l1-bridge'))).body.jti;
    };
    const [undenied, denied, other] = [await mint('key_a0001'), await mint('key_a0002'), await mint('key_a0003')];
    // As one that did not name the owner would have done it.
    const ids = [{ id: 'key_a0002', reason: 'by_identity', expires_at: '2031-01-01T00:00:00Z' }];
    await auth.post('/internal/auth/tokens/revoke', { ids }, await headers('identity'));
    await deliver(revoked('evt_5', 'key_a0001', owner), revoked('evt_6', 'key_a0002', owner));
    for (const jti of [undenied, denied]) {
      expect(await denial(jti)).toEqual([expect.objectContaining({ reason: 'key_revoked' })]);
      await eventually(async () => (await store.get(denyKey(jti))) === 'key_revoked');
    }
    expect(await denial(other)).toEqual([]);
  });
});

describe('agent-created and agent-revoked', () => {
  it('end the agent that identity could not end, also when the end is heard of first', async () => {
    const agent = await makeActor('lost-agent', 'agent');
    await deliver(ended('evt_11', agent, 'user:owner'));
    expect(await statusOf(agent)).toBe('deleted');
    expect(await denial(agent)).toEqual([expect.objectContaining({ reason: 'account_deleted' })]);
    await eventually(async () => ((await store.get(denyKey(agent))) ?? '').startsWith('account_deleted'));
    await deliver(created('evt_10', agent, 'user:owner'), ended('evt_11', agent, 'user:owner'));
    expect(await statusOf(agent)).toBe('deleted');
    const log = await auditOf(tables, 'user:owner');
    expect(log.map(({ action, target }) => [action, target])).toEqual([
      ['agent.revoked', agent],
      ['account.deleted', agent],
      ['agent.created', agent],
    ]);
  });

  it('end what the agent has in auth: its API keys', async () => {
    const agent = await makeActor('keyed-agent', 'agent');
    await auth.sql(
      `INSERT INTO auth.api_keys (id, key, key_prefix, actor_id, actor_data, description, scopes)
       VALUES ('agents-key', 'hash', 'dk_12345', $1, '{}', '', '{}')`,
      [agent],
    );
    await deliver(ended('evt_12', agent, 'user:owner'));
    expect(await auth.sql(`SELECT is_active FROM auth.api_keys WHERE id = 'agents-key'`)).toEqual([
      { is_active: false },
    ]);
  });

  it('never end a person, whatever they say, and pass over somebody unknown', async () => {
    const person = await makeActor('no-agent', 'human');
    await deliver(ended('evt_13', person, 'user:owner'), ended('evt_14', 'agent:unknown', 'user:owner'));
    expect(await statusOf(person)).toBe('active');
  });
});

describe('what happens at L1s', () => {
  const l1_url = 'https://l1.example';
  const actor_id = 'user:at-an-l1';
  const by = (id: string, subject: string) => ({ ...stamp(id), subject, subject_version: 1, actor_id });
  const asset = {
    ...{ asset_id: 'ast_1', name: 'Zaphod-output', content_hash: 'a'.repeat(64), owner: 'zaphod' },
    ...{ owner_id: 'https://l2.example.com/users/zaphod', activity_id: '5f0c1d3e-0000-4000-8000-000000000000' },
  };
  const attachment = { l1_url, username: 'zaphod' };
  const failed = { ...attachment, jti: 'tok_1', attempts: 7, last_error: 'Zaphod is unknown here' };

  it('is audited once each, without names of people, works and runs, and without the words of L1s', async () => {
    const events = [
      runRecorded.create({ ...by('evt_l1_1', 'ast_1'), data: { l1_server: l1_url, run_id: 'Zaphod-run', asset } }),
      rendererAttached.create({ ...by('evt_l1_2', 'att_1'), data: attachment }),
      rendererDetached.create({ ...by('evt_l1_3', 'att_1'), data: { ...attachment, reason: 'logout' } }),
      l1RevocationFailed.create({ ...by('evt_l1_4', 'rev_1'), data: failed }),
    ];
    await deliver(...events);
    await deliver(...events);
    const log = await auditOf(tables, actor_id);
    const { activity_id } = asset;
    const entry = (action: string, target: string, data: object) => ({
      ...{ action, target, ip: null, request_id: 'req_1', data: { l1_server: l1_url, ...data } },
    });
    expect(log).toHaveLength(events.length);
    expect(log).toEqual(
      expect.arrayContaining([
        entry('run.recorded', 'ast_1', { activity_id }),
        entry('renderer.attached', 'att_1', {}),
        entry('renderer.detached', 'att_1', { reason: 'logout' }),
        entry('l1_revocation.failed', 'rev_1', { jti: 'tok_1', attempts: 7 }),
      ]),
    );
    expect(JSON.stringify(log)).not.toMatch(/zaphod/i);
  });
});
