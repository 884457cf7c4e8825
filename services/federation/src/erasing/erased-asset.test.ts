import { describe, expect, it } from '@jest/globals';
import { openDatabase } from '@artdag/database/federation';
import { newSuffix } from '@artdag/service-kit';
import { createTestDatabase, eventually, quietLogger, startFakeAuth } from '@artdag/testing';
import { claimText } from '../testing/claim-text.testing.ts';
import { assetEvent, erasedEvent } from '../testing/events.testing.ts';
import { send } from '../testing/http-client.testing.ts';
import { useFederation } from '../testing/kit.testing.ts';
import type { RemotePeer } from '../testing/remote-peer.testing.ts';

const kit = useFederation({ createTestDatabase, startFakeAuth, quietLogger, openDatabase });

type User = Awaited<ReturnType<typeof kit.federation.addUser>>;

async function followed(peer: RemotePeer): Promise<User> {
  const user = await kit.federation.addUser(`u${newSuffix().slice(-12)}`);
  const follow = peer.activity('alice', { type: 'Follow', object: user.apId });
  const answer = await peer.post('alice', `${user.apId}/inbox`, follow);
  expect(answer.status).toBe(202);
  await eventually(() => expect(peer.received).toHaveLength(1));
  peer.received.length = 0;
  return user;
}

/** Create, Update and Delete of one asset, and the word that it is erased. */
function lifeOf(user: User) {
  const asset = user.newAsset();
  const [create, update, remove] = [
    assetEvent('registered', asset, 1),
    assetEvent('updated', asset, 2),
    assetEvent('deleted', asset, 3),
  ];
  return { asset, create, update, remove, erased: erasedEvent(asset, [create, update, remove]) };
}

const typesOf = (peer: RemotePeer) => peer.received.map(({ json }) => json['type']);
const outboxOf = async (user: User) =>
  (await send(`${user.apId}/outbox?page=true`)).json()['orderedItems'] as { id: string; type: string }[];
const statesOf = async (user: User) =>
  (
    await kit.sql(`SELECT state FROM deliveries WHERE ap_actor_id = $1 AND kind = 'activity' ORDER BY created_at, id`, [
      user.apId,
    ])
  ).map(({ state }) => state);
const failedOf = async (user: User) =>
  (await kit.sql(`SELECT 1 FROM deliveries WHERE ap_actor_id = $1 AND state = 'pending' AND attempts = 1`, [user.apId]))
    .length;
const isErased = async () => expect(await kit.sql('SELECT 1 FROM erasures')).toEqual([]);

/** Keeps what erases from its end until the host's failure is known, and a moment more. */
const holdErasure = (host: string) =>
  kit.sql(`DO $$ BEGIN
    LOCK TABLE erasures IN EXCLUSIVE MODE;
    FOR i IN 1..1000 LOOP
      EXIT WHEN EXISTS (SELECT 1 FROM remote_hosts WHERE host = '${host}' AND failures > 0);
      PERFORM pg_sleep(0.02);
    END LOOP;
    PERFORM pg_sleep(0.2);
  END $$`);
const locksOf = async (granted: boolean) =>
  (await kit.sql(`SELECT mode FROM pg_locks WHERE relation = 'erasures'::regclass AND granted = $1`, [granted])).map(
    ({ mode }) => mode,
  );

describe('an erased asset', () => {
  it('leaves tombstones in the outbox where its claims were, and its Delete; others stay', async () => {
    const user = await kit.federation.addUser(`u${newSuffix().slice(-12)}`);
    const other = assetEvent('registered', user.newAsset(), 1);
    const { create, update, remove, erased } = lifeOf(user);
    for (const event of [other, create, update, remove, erased]) await kit.federation.publish(event);
    const items = new Map((await outboxOf(user)).map((item) => [item.id, item]));
    expect(items.size).toBe(4);
    for (const { data } of [create, update]) {
      const { id, type, published } = data.activity;
      expect(items.get(id)).toEqual({
        '@context': 'https://www.w3.org/ns/activitystreams',
        ...{ type: 'Tombstone', id, formerType: `as:${type}`, published, deleted: expect.any(String) },
      });
    }
    const signature = expect.objectContaining({ type: 'RsaSignature2017' });
    for (const { data } of [remove, other])
      expect(items.get(data.activity.id)).toEqual({ ...data.activity, signature });
  });

  it('sends no more of what waits, and then its Delete', async () => {
    const peer = await kit.startPeer();
    const user = await followed(peer);
    const { create, update, remove, erased } = lifeOf(user);
    peer.answers.set('/users/alice/inbox', 503);
    await kit.federation.publish(create, update);
    await eventually(() => expect(typesOf(peer)).toEqual(['Create']));
    await eventually(async () => expect(await failedOf(user)).toBe(1));
    peer.answers.clear();
    await kit.federation.publish(remove, erased);
    await eventually(() => expect(typesOf(peer)).toEqual(['Create', 'Delete']));
    await eventually(async () => expect(await statesOf(user)).toEqual(['dropped', 'dropped', 'delivered']));
  });

  it('tells of the Delete, once, also when the event of the Delete itself never came or comes late', async () => {
    const peer = await kit.startPeer();
    const user = await followed(peer);
    const { create, update, remove, erased } = lifeOf(user);
    await kit.federation.publish(create, update, erased, { ...erased, id: `${erased.id}x` }, remove);
    await eventually(() => expect(typesOf(peer)).toContain('Delete'));
    await eventually(async () => expect(new Set(await statesOf(user))).not.toContain('pending'));
    expect(typesOf(peer).filter((type) => type === 'Delete')).toHaveLength(1);
    expect(claimText(peer.received.at(-1)?.body.toString() ?? '')).toBe(JSON.stringify(remove.data.activity));
  });

  it('publishes nothing of what comes after the word of it', async () => {
    const peer = await kit.startPeer();
    const user = await followed(peer);
    const { create, update, remove, erased } = lifeOf(user);
    await kit.federation.publish(erased);
    await kit.federation.publish(update, create, remove);
    expect((await outboxOf(user)).map(({ type }) => type)).toEqual(['Delete']);
    await eventually(() => expect(typesOf(peer)).toEqual(['Delete']));
  });

  it('of which something is on its way sends that to its end, never again, and the Delete after it', async () => {
    const peer = await kit.startPeer();
    const user = await followed(peer);
    const { create, remove, asset } = lifeOf(user);
    peer.answers.set('/users/alice/inbox', 'hang');
    await kit.federation.publish(create);
    await eventually(() => expect(typesOf(peer)).toEqual(['Create']));
    await kit.federation.publish(erasedEvent(asset, [create, { ...remove, subject_version: 2 }]));
    expect(await statesOf(user)).toEqual(['pending', 'pending']);
    peer.answers.clear();
    peer.hangUp();
    await eventually(() => expect(typesOf(peer)).toEqual(['Create', 'Delete']));
    await eventually(async () => expect(await statesOf(user)).toEqual(['dropped', 'delivered']));
  });

  it('of which a try fails while it is being erased sends its Delete at once, not after another try', async () => {
    const peer = await kit.startPeer();
    const user = await followed(peer);
    const { create, remove, asset } = lifeOf(user);
    peer.answers.set('/users/alice/inbox', 'hang');
    await kit.federation.publish(create);
    await eventually(() => expect(typesOf(peer)).toEqual(['Create']));
    const held = holdErasure(new URL(peer.url).host);
    await eventually(async () => expect(await locksOf(true)).toContain('ExclusiveLock'));
    const erased = kit.federation.publish(erasedEvent(asset, [create, { ...remove, subject_version: 2 }]));
    await eventually(async () => expect(await locksOf(false)).toContain('RowExclusiveLock'));
    peer.answers.clear();
    peer.hangUp();
    await Promise.all([held, erased]);
    await eventually(() => expect(typesOf(peer)).toEqual(['Create', 'Delete']));
    await eventually(async () => expect(await statesOf(user)).toEqual(['dropped', 'delivered']));
  });

  it('of a disabled owner sends its Delete, signed by the owner’s key all the same, and nothing else', async () => {
    const peer = await kit.startPeer();
    const user = await followed(peer);
    const { create, update, remove, erased } = lifeOf(user);
    kit.identity.ended.add(user.actorId);
    await kit.federation.publish(create, update, remove, erased);
    await eventually(() => expect(typesOf(peer)).toEqual(['Delete']));
    expect(peer.received[0]?.headers['signature']).toContain(`keyId="${user.apId}#main-key"`);
  });

  it('is erased from what strangers sent about it, whose activities stay known', async () => {
    const peer = await kit.startPeer();
    const user = await followed(peer);
    const { create, update, remove, erased, asset } = lifeOf(user);
    const objectId = `${asset.publicUrl}/objects/${asset.contentHash}`;
    const embedded = { type: 'Video', id: objectId, name: 'mark-of-the-asset' };
    const [announce, like] = [
      peer.activity('alice', { type: 'Announce', object: embedded }),
      peer.activity('alice', {
        type: 'Like',
        object: { type: 'Create', id: create.data.activity.id, summary: 'mark-2' },
      }),
    ];
    // Some write JSON like this.
    const escaped = JSON.stringify(like).replaceAll('/', '\\/');
    const unrelated = peer.activity('alice', { type: 'Like', object: 'https://elsewhere.example/1', content: 'kept' });
    for (const sent of [announce, escaped, unrelated]) {
      const posted = await peer.post('alice', `${user.apId}/inbox`, sent);
      expect(posted.status).toBe(202);
    }
    await kit.federation.publish(create, update, remove, erased);
    await eventually(isErased);
    const rows = await kit.sql('SELECT activity_id, payload FROM inbox_log WHERE activity_id = ANY($1)', [
      [announce.id, like.id, unrelated.id],
    ]);
    expect(new Map(rows.map((row) => [row['activity_id'], row['payload']]))).toEqual(
      new Map([
        [announce.id, ''],
        [like.id, ''],
        [unrelated.id, JSON.stringify(unrelated)],
      ]),
    );
    const again = await peer.post('alice', `${user.apId}/inbox`, announce);
    expect(again.status).toBe(202);
    expect(await kit.sql(`SELECT payload FROM inbox_log WHERE activity_id = $1`, [announce.id])).toEqual([
      { payload: '' },
    ]);
  });
});
