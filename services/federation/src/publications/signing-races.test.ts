import { openDatabase } from '@artdag/database/federation';
import { newSuffix } from '@artdag/service-kit';
import { createTestDatabase, eventually, makeAssertionKit, quietLogger, startFakeAuth } from '@artdag/testing';
import { afterEach, describe, expect, it } from '@jest/globals';
import { assetEvent, deletedEvent, erasedEvent } from '../testing/events.testing.ts';
import { send } from '../testing/http-client.testing.ts';
import { useFederation } from '../testing/kit.testing.ts';
import { callAs } from '../testing/people.testing.ts';
import type { RemotePeer } from '../testing/remote-peer.testing.ts';

/** The clock of the service; only goes forward. */
let offsetMs = 0;
const now = () => new Date(Date.now() + offsetMs);
const kit = useFederation({ createTestDatabase, startFakeAuth, quietLogger, openDatabase }, { now });
const assertions = makeAssertionKit('federation');
const LEASE_MS = 30_000;

type User = Awaited<ReturnType<typeof kit.federation.addUser>>;

let release: () => void = () => {};
afterEach(() => {
  release();
  kit.identity.beforeSigning = async () => {};
  kit.identity.down = false;
});

/** From now on nothing is signed before `release`. The number of requests that wait. */
function holdSignatures(): { waiting: number } {
  const held = { waiting: 0 };
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  kit.identity.beforeSigning = async () => {
    held.waiting += 1;
    await gate;
  };
  return held;
}

async function followed(peer: RemotePeer): Promise<User> {
  const user = await kit.federation.addUser(`u${newSuffix().slice(-12)}`);
  const follow = peer.activity('alice', { type: 'Follow', object: user.apId });
  const answer = await peer.post('alice', `${user.apId}/inbox`, follow, { tweak: { date: now() } });
  expect(answer.status).toBe(202);
  await eventually(() => expect(peer.received).toHaveLength(1));
  peer.received.length = 0;
  return user;
}

function lifeOf(user: User) {
  const asset = user.newAsset();
  const [create, remove] = [assetEvent('registered', asset, 1), assetEvent('deleted', asset, 2)];
  return { create, remove, erased: erasedEvent(asset, [create, remove]) };
}

const typesOf = (peer: RemotePeer) => peer.received.map(({ json }) => json['type']);
const shownOf = async (user: User) =>
  ((await send(`${user.apId}/outbox?page=true`)).json()['orderedItems'] as { type: string }[]).map(({ type }) => type);
const publicationsOf = (user: User) => kit.sql('SELECT document FROM publications WHERE ap_actor_id = $1', [user.apId]);
const jobsOf = (user: User) =>
  kit.sql(
    `SELECT state, attempts FROM deliveries WHERE ap_actor_id = $1 AND kind = 'activity' ORDER BY created_at, id`,
    [user.apId],
  );
const announcedOf = (event: ReturnType<typeof assetEvent>) =>
  kit.sql(`SELECT 1 FROM outbox WHERE type = 'activity-published' AND payload::jsonb #>> '{data,activity_id}' = $1`, [
    event.data.activity.id.split('/').at(-1),
  ]);

describe('a share', () => {
  it('that is taken back while identity signs its Announce is in no outbox, and none goes out', async () => {
    const peer = await kit.startPeer();
    const user = await followed(peer);
    const object = 'https://elsewhere.example/works/1';
    const held = holdSignatures();
    expect((await callAs(assertions, user, '/share', { object })).status).toBe(200);
    await eventually(() => expect(held.waiting).toBe(1));
    expect((await callAs(assertions, user, '/unshare', { object })).status).toBe(200);
    release();
    await eventually(() => expect(typesOf(peer)).toEqual(['Undo']));
    expect([await shownOf(user), await jobsOf(user)]).toEqual([[], []]);
  });
});

describe('an asset that is erased', () => {
  it('while identity signs its claim leaves a tombstone and its Delete, and the claim goes to nobody', async () => {
    const peer = await kit.startPeer();
    const user = await followed(peer);
    const { create, erased } = lifeOf(user);
    const held = holdSignatures();
    const published = kit.federation.publish(create);
    await eventually(() => expect(held.waiting).toBe(1));
    const gone = kit.federation.publish(erased);
    await eventually(async () => expect(await shownOf(user)).toEqual(['Tombstone']));
    release();
    await Promise.all([published, gone]);
    await eventually(() => expect(typesOf(peer)).toEqual(['Delete']));
    expect((await shownOf(user)).toSorted()).toEqual(['Delete', 'Tombstone']);
    expect(await jobsOf(user)).toHaveLength(1);
    expect(await announcedOf(create)).toEqual([]);
  });

  it.each(Array.from({ length: 8 }, (_, i) => i))(
    'at the moment when its signed claim is stored leaves nothing of it to be sent or shown (%i)',
    async (round) => {
      const peer = await kit.startPeer();
      const user = await followed(peer);
      const { create, erased } = lifeOf(user);
      peer.answers.set('/users/alice/inbox', 503);
      const held = holdSignatures();
      const published = kit.federation.publish(create);
      await eventually(() => expect(held.waiting).toBe(1));
      release();
      await new Promise((resolve) => setTimeout(resolve, round * 2));
      await kit.federation.publish(erased);
      await published;
      // Only then is its next try certain to be due on the clock that is put forward.
      await eventually(async () => expect((await jobsOf(user)).at(-1)).toEqual({ state: 'pending', attempts: 1 }));
      peer.answers.clear();
      offsetMs += 120_000;
      await eventually(async () => expect((await jobsOf(user)).at(-1)).toEqual({ state: 'delivered', attempts: 2 }));
      expect(typesOf(peer).slice(-2)).toEqual(['Delete', 'Delete']);
      // One try may have been on its way; no second one follows it.
      expect(typesOf(peer).filter((type) => type === 'Create').length).toBeLessThan(2);
      expect((await shownOf(user)).toSorted()).toEqual(['Delete', 'Tombstone']);
      expect((await jobsOf(user)).filter(({ state }) => state === 'pending')).toEqual([]);
    },
  );
});

describe('a tombstone', () => {
  it('that the version before this one writes while identity signs stays one, and goes to nobody', async () => {
    const peer = await kit.startPeer();
    const user = await followed(peer);
    const { create } = lifeOf(user);
    const held = holdSignatures();
    const published = kit.federation.publish(create);
    await eventually(() => expect(held.waiting).toBe(1));
    await kit.sql(
      `UPDATE publications SET document = '{"type":"Tombstone"}', erased_at = now() WHERE ap_actor_id = $1`,
      [user.apId],
    );
    release();
    await published;
    await eventually(async () => expect(await jobsOf(user)).toMatchObject([{ state: 'dropped' }]));
    expect([await shownOf(user), typesOf(peer)]).toEqual([['Tombstone'], []]);
  });
});

describe('an account that is deleted', () => {
  it('while identity signs its claim leaves nothing of it', async () => {
    const peer = await kit.startPeer();
    const user = await followed(peer);
    const { create } = lifeOf(user);
    const held = holdSignatures();
    const published = kit.federation.publish(create);
    await eventually(() => expect(held.waiting).toBe(1));
    await kit.federation.publish(deletedEvent(user.actorId, 2));
    release();
    await published;
    await eventually(() => expect(typesOf(peer)).toEqual(['Delete']));
    await eventually(async () => expect(await publicationsOf(user)).toEqual([]));
    expect([await jobsOf(user), await announcedOf(create)]).toEqual([[], []]);
  });
});

describe('a replica that has a signature and does not come to store it before another one has it too', () => {
  it('publishes the claim once, between them', async () => {
    const peer = await kit.startPeer();
    const user = await followed(peer);
    const { create } = lifeOf(user);
    const held = holdSignatures();
    const published = kit.federation.publish(create);
    await eventually(() => expect(held.waiting).toBe(1));
    offsetMs += LEASE_MS + 1000;
    await kit.startFederation({ now });
    await eventually(() => expect(held.waiting).toBe(2));
    expect(await shownOf(user)).toEqual([]);
    release();
    await published;
    await eventually(() => expect(typesOf(peer)).toEqual(['Create']));
    await eventually(async () => expect(await jobsOf(user)).toMatchObject([{ state: 'delivered' }]));
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect([await shownOf(user), typesOf(peer)]).toEqual([['Create'], ['Create']]);
    expect([await jobsOf(user), await announcedOf(create)]).toMatchObject([[{ state: 'delivered' }], [{}]]);
  });
});
