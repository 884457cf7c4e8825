import { describe, expect, it } from '@jest/globals';
import { openDatabase } from '@artdag/database/federation';
import { newSuffix } from '@artdag/service-kit';
import { createTestDatabase, eventually, makeAssertionKit, quietLogger, startFakeAuth } from '@artdag/testing';
import { assetEvent, deletedEvent, erasedEvent } from '../testing/events.testing.ts';
import { send } from '../testing/http-client.testing.ts';
import { useFederation } from '../testing/kit.testing.ts';
import { callAs, type Person } from '../testing/people.testing.ts';
import type { RemotePeer } from '../testing/remote-peer.testing.ts';

const kit = useFederation({ createTestDatabase, startFakeAuth, quietLogger, openDatabase });
const assertions = makeAssertionKit('federation');
const share = (who: Person, object: unknown) => callAs(assertions, who, '/share', { object });
const unshare = (who: Person, object: unknown) => callAs(assertions, who, '/unshare', { object });
const newUser = () => kit.federation.addUser(`u${newSuffix().slice(-12)}`);

/** A user of ours whom `alice` follows. */
async function followed(peer: RemotePeer) {
  const user = await newUser();
  const follow = peer.activity('alice', { type: 'Follow', object: user.apId });
  await peer.post('alice', `${user.apId}/inbox`, follow);
  await eventually(() => expect(peer.received).toHaveLength(1));
  peer.received.length = 0;
  return user;
}

/** A work of somebody else's that was published here. */
async function newWork() {
  const owner = await newUser();
  const asset = owner.newAsset();
  const event = assetEvent('registered', asset, 1);
  await kit.federation.publish(event);
  const object = `${kit.federation.url}/objects/${asset.contentHash}`;
  return { owner, asset, event, object, activity: event.data.activity.id };
}

const outboxOf = async ({ apId }: Person) => {
  const [head, page] = [await send(`${apId}/outbox`), await send(`${apId}/outbox?page=true`)];
  const items = page.json()['orderedItems'] as Record<string, unknown>[];
  expect(head.json()['totalItems']).toBe(items.length);
  return items.map(({ id }) => id);
};
const jobsOf = ({ apId }: Person) =>
  kit.sql(`SELECT kind, state FROM deliveries WHERE ap_actor_id = $1 AND kind <> 'accept' ORDER BY created_at`, [apId]);
const typesOf = (peer: RemotePeer) => peer.received.map(({ json }) => json['type']);

describe('POST /share', () => {
  it('announces an object or activity of ours to followers, in the outbox and in its count', async () => {
    const peer = await kit.startPeer();
    const [user, work] = [await followed(peer), await newWork()];
    const answer = await share(user, work.object);
    const id = answer.json()['share_id'];
    expect([answer.status, answer.json()]).toEqual([
      200,
      {
        object: work.object,
        state: 'shared',
        share_id: expect.stringMatching(new RegExp(`^${user.apId}#shares/[0-9a-f-]{36}$`)),
      },
    ]);
    await eventually(() => expect(typesOf(peer)).toEqual(['Announce']));
    expect(peer.received[0]?.json).toMatchObject({
      '@context': 'https://www.w3.org/ns/activitystreams',
      ...{ type: 'Announce', id, actor: user.apId, object: work.object },
      published: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      to: ['https://www.w3.org/ns/activitystreams#Public'],
      cc: [`${user.apId}/followers`, work.owner.apId],
    });
    expect(await outboxOf(user)).toEqual([id]);
    expect((await send(`${work.object}/shares?page=1`)).json()['orderedItems']).toEqual([id]);
    const again = await share(user, work.activity);
    expect(again.json()).toMatchObject({ object: work.activity, state: 'shared' });
    await eventually(async () => expect(await outboxOf(user)).toEqual([again.json()['share_id'], id]));
  });

  it('announces once, also when asked many times at once', async () => {
    const peer = await kit.startPeer();
    const [user, work] = [await followed(peer), await newWork()];
    const answers = await Promise.all([1, 2, 3, 4, 5].map(() => share(user, work.object)));
    answers.push(await share(user, work.object));
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    await eventually(async () => expect(await jobsOf(user)).toEqual([{ kind: 'activity', state: 'delivered' }]));
    expect(typesOf(peer)).toEqual(['Announce']);
  });

  it('passes on what is elsewhere by its URL, and fetches nothing', async () => {
    const peer = await kit.startPeer();
    const user = await followed(peer);
    peer.fetches.length = 0;
    const object = `${peer.url}/notes/1`;
    expect((await share(user, object)).json()).toMatchObject({ object, state: 'shared' });
    await eventually(() => expect(peer.received[0]?.json).toMatchObject({ object, cc: [`${user.apId}/followers`] }));
    expect(peer.fetches).toEqual([]);
  });

  it.each([
    ['an object that nobody published', `OURS/objects/${'ab'.repeat(32)}`, 404, 'object_not_found'],
    [
      'an activity that nobody published',
      'OURS/activities/5f0c1d3e-0000-4000-8000-000000000001',
      404,
      'object_not_found',
    ],
    ['another page of ours', 'OURS/assets', 404, 'object_not_found'],
    ['what is no URL', 'mona lisa', 422, 'object_invalid'],
    ['another scheme', 'javascript:alert(1)', 422, 'object_invalid'],
    ['a blocked host', 'https://blocked.example/notes/1', 403, 'host_blocked'],
    ['no text', '', 422, 'validation_error'],
  ])('refuses %s', async (_name, object, status, code) => {
    const user = await newUser();
    await kit.sql(`INSERT INTO blocked_hosts (host) VALUES ('blocked.example') ON CONFLICT DO NOTHING`);
    const refused = await share(user, object.replace('OURS', kit.federation.url));
    expect([refused.status, refused.json()['code']]).toEqual([status, code]);
    expect(await outboxOf(user)).toEqual([]);
  });

  it('refuses what was erased with 410', async () => {
    const [user, work] = [await newUser(), await newWork()];
    await kit.federation.publish(erasedEvent(work.asset, [work.event]));
    for (const object of [work.object, work.activity]) {
      const refused = await share(user, object);
      expect([refused.status, refused.json()['code']]).toEqual([410, 'erased']);
    }
  });

  it('needs the scope', async () => {
    const user = await newUser();
    expect((await callAs(assertions, user, '/share', { object: user.apId }, ['assets:create'])).status).toBe(403);
    expect((await send(`${kit.federation.url}/unshare`, { method: 'POST' })).status).toBe(401);
  });
});

describe('POST /unshare', () => {
  it('sends the Undo with the Announce in it, once, and takes it out of outbox and count', async () => {
    const peer = await kit.startPeer();
    const [user, work] = [await followed(peer), await newWork()];
    const id = (await share(user, work.object)).json()['share_id'];
    await eventually(() => expect(typesOf(peer)).toEqual(['Announce']));
    for (let time = 0; time < 2; time += 1) {
      const answer = await unshare(user, work.object);
      expect([answer.status, answer.json()]).toEqual([200, { object: work.object, state: 'none' }]);
    }
    await eventually(() => expect(typesOf(peer)).toEqual(['Announce', 'Undo']));
    expect(peer.received[1]?.json).toEqual({
      '@context': 'https://www.w3.org/ns/activitystreams',
      ...{ type: 'Undo', id: expect.stringContaining(`${user.apId}#undoes/`), actor: user.apId },
      ...{ to: ['https://www.w3.org/ns/activitystreams#Public'], cc: [`${user.apId}/followers`] },
      object: { type: 'Announce', id, actor: user.apId, object: work.object },
    });
    expect(await outboxOf(user)).toEqual([]);
    expect((await send(`${work.object}/shares`)).json()['totalItems']).toBe(0);
    expect((await share(user, work.object)).json()['share_id']).not.toBe(id);
  });

  it('sends nothing more of what waits', async () => {
    const peer = await kit.startPeer();
    const [user, work] = [await followed(peer), await newWork()];
    peer.answers.set('/users/alice/inbox', 503);
    await share(user, work.object);
    await eventually(async () => {
      const failed = `SELECT 1 FROM deliveries WHERE ap_actor_id = $1 AND state = 'pending' AND attempts = 1`;
      expect(await kit.sql(failed, [user.apId])).toHaveLength(1);
    });
    peer.answers.clear();
    peer.received.length = 0;
    await unshare(user, work.object);
    await eventually(() => expect(typesOf(peer)).toEqual(['Undo']));
    await eventually(async () =>
      expect(await jobsOf(user)).toEqual([
        { kind: 'activity', state: 'dropped' },
        { kind: 'undo', state: 'delivered' },
      ]),
    );
  });
});

it('leaves nothing of what a deleted account shared', async () => {
  const [user, work] = [await newUser(), await newWork()];
  await share(user, work.object);
  await kit.federation.publish(deletedEvent(user.actorId, 2));
  await eventually(async () => expect(await kit.sql('SELECT 1 FROM erasures')).toEqual([]));
  expect(await kit.sql('SELECT 1 FROM shares WHERE username = $1', [user.apId.split('/').at(-1)])).toEqual([]);
  expect((await send(`${work.object}/shares`)).json()['totalItems']).toBe(0);
  expect(await kit.sql('SELECT 1 FROM publications WHERE ap_actor_id = $1', [user.apId])).toEqual([]);
});
