import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { allScopes } from '@artdag/actor-context';
import { userDeleted, userDisabled, userRegistered, userUpdated, type Envelope } from '@artdag/events';
import { toOutboxRow } from '@artdag/messaging';
import { eventually } from '@artdag/testing';
import { newKey, signedBy, startKeyWorld, type KeyWorld } from '../public-keys/keys.testing.ts';

let world: KeyWorld;

beforeAll(async () => {
  world = await startKeyWorld();
});
afterAll(async () => {
  await world?.stop();
});

let events = 0;
const stamp = (actorId: string, version: number) => {
  events += 1;
  const id = `evt_${events}`;
  return { id, occurred_at: '2026-11-21T12:00:00Z', subject: actorId, subject_version: version, actor_id: actorId };
};
const only = (actorId: string) => ({ data: { actor_id: actorId } });
const registered = (actorId: string, username: string, type: 'human' | 'agent' | 'service' = 'human') =>
  userRegistered.create({
    ...stamp(actorId, 1),
    data: { actor_id: actorId, username, actor_type: type, display_name: 'At first', method: 'password' },
  });
const updated = (actorId: string, version: number) =>
  userUpdated.create({ ...stamp(actorId, version), ...only(actorId) });
const disabled = (actorId: string, version: number) =>
  userDisabled.create({ ...stamp(actorId, version), ...only(actorId) });
const deleted = (actorId: string, version: number) =>
  userDeleted.create({ ...stamp(actorId, version), ...only(actorId) });

async function deliver(...told: Envelope[]): Promise<void> {
  const messages = told.map((event) => {
    const { id, routing_key: routingKey, payload } = toOutboxRow(event);
    return { id, routingKey, body: Buffer.from(payload) };
  });
  const ids = told.map(({ id }) => id);
  await eventually(async () => {
    // As the relay does, until the bus has it confirmed.
    await world.replicas[0].transport.publish(messages);
    const sql = 'SELECT DISTINCT event_id FROM identity.processed_events WHERE event_id = ANY($1)';
    return (await world.sql(sql, [ids])).length === ids.length;
  });
}

const identity = async (actorId: string) =>
  (
    await world.sql(
      `SELECT handle, display_name, actor_version, deleted_at IS NOT NULL AS deleted
       FROM identity.identities WHERE actor_id = $1`,
      [actorId],
    )
  )[0];
const actor = (actorId: string, username: string, version: number, displayName: string, status = 'active') =>
  void world.auth.actors.set(actorId, {
    ...{ actor_id: actorId, actor_type: 'human', username, version, display_name: displayName, status },
  });

describe('news of an actor', () => {
  it('that it registered gives a person an identity, agents and services none', async () => {
    await deliver(registered('user:f1', 'follow-1'), registered('agent:f1', 'bot-1', 'agent'));
    await deliver(registered('service:f1', 'svc-1', 'service'), registered('user:f1', 'follow-1'));
    expect(await identity('user:f1')).toEqual({
      ...{ handle: 'follow-1', display_name: 'At first', actor_version: 1, deleted: false },
    });
    expect([await identity('agent:f1'), await identity('service:f1')]).toEqual([undefined, undefined]);
  });

  it('that its name changed copies the name as auth has it now', async () => {
    actor('user:f2', 'follow-2', 3, 'Third name');
    await deliver(registered('user:f2', 'follow-2'));
    await deliver(updated('user:f2', 2));
    expect(await identity('user:f2')).toMatchObject({ display_name: 'Third name', actor_version: 3 });
  });

  it('that comes late changes nothing back', async () => {
    actor('user:f3', 'follow-3', 5, 'Fifth');
    await deliver(updated('user:f3', 5));
    await deliver(registered('user:f3', 'follow-3'));
    actor('user:f3', 'follow-3', 4, 'Fourth');
    await deliver(updated('user:f3', 4));
    expect(await identity('user:f3')).toMatchObject({ display_name: 'Fifth', actor_version: 5 });
  });

  it('is asked for again while auth is away', async () => {
    actor('user:f4', 'follow-4', 2, 'Second');
    await deliver(registered('user:f4', 'follow-4'));
    world.auth.down = true;
    const news = updated('user:f4', 2);
    const delivered = deliver(news);
    await new Promise((resolve) => setTimeout(resolve, 20));
    world.auth.down = false;
    await delivered;
    expect(await identity('user:f4')).toMatchObject({ display_name: 'Second' });
  });

  it('that it was deleted ends identity, keys and agents, and a late registration revives nobody', async () => {
    const key = newKey();
    const owner = { ...signedBy((await world.signIn(key, { handle: 'follow-5' })).body), scopes: [...allScopes] };
    const body = { handle: 'follow-5-bot', capabilities: [], ...(await world.proof(newKey())) };
    await world.call('POST', '/api/identities/agent', { body, as: owner });
    const actorId = String(owner.actor_id);
    actor(actorId, 'follow-5', 2, 'x', 'deleted');
    await deliver(deleted(actorId, 2), deleted(actorId, 2));
    await deliver(registered(actorId, 'follow-5'), updated(actorId, 1));
    expect(await identity(actorId)).toMatchObject({ display_name: 'Deleted account', deleted: true });
    expect(await identity('agent:follow-5-bot')).toMatchObject({ deleted: true });
    const live = `SELECT k.id FROM identity.auth_keys k JOIN identity.identities i ON i.id = k.identity_id
      WHERE i.handle LIKE 'follow-5%' AND k.revoked_at IS NULL`;
    expect(await world.sql(live)).toEqual([]);
    const told = `SELECT payload FROM identity.outbox WHERE type = 'agent-revoked'`;
    expect((await world.sql(told)).map(({ payload }) => JSON.parse(String(payload)).data)).toEqual([
      expect.objectContaining({ handle: 'follow-5-bot', owner_actor_id: actorId, reason: 'owner_deleted' }),
    ]);
  });

  it('that it was deleted comes first: a late registration makes no identity', async () => {
    await deliver(deleted('user:f6', 2));
    await deliver(registered('user:f6', 'follow-6'));
    expect(await identity('user:f6')).toBeUndefined();
  });

  it('that an agent was deleted in auth ends it here, and says so once', async () => {
    const owner = { ...signedBy((await world.signIn(newKey(), { handle: 'follow-7' })).body), scopes: [...allScopes] };
    const body = { handle: 'follow-7-bot', capabilities: [], ...(await world.proof(newKey())) };
    await world.call('POST', '/api/identities/agent', { body, as: owner });
    await deliver(deleted('agent:follow-7-bot', 2), deleted('agent:follow-7-bot', 2));
    expect(await identity('agent:follow-7-bot')).toMatchObject({ deleted: true });
    const told = `SELECT 1 FROM identity.outbox WHERE type = 'agent-revoked' AND payload::jsonb ->> 'subject' = $1`;
    expect(await world.sql(told, ['agent:follow-7-bot'])).toHaveLength(1);
  });

  it('that it was disabled leaves the profile as it is', async () => {
    await deliver(registered('user:f8', 'follow-8'), disabled('user:f8', 2));
    expect(await identity('user:f8')).toMatchObject({ display_name: 'At first', deleted: false });
  });
});
