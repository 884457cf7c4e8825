import { describe, expect, it } from '@jest/globals';
import { openDatabase } from '@artdag/database/federation';
import { verifyRequest } from '@artdag/http-signatures';
import { newSuffix } from '@artdag/service-kit';
import { createTestDatabase, eventually, makeAssertionKit, quietLogger, startFakeAuth } from '@artdag/testing';
import { assetEvent, deletedEvent } from '../testing/events.testing.ts';
import { send } from '../testing/http-client.testing.ts';
import { useFederation } from '../testing/kit.testing.ts';
import { callAs, type Person } from '../testing/people.testing.ts';
import type { Arrival, RemotePeer } from '../testing/remote-peer.testing.ts';

const kit = useFederation({ createTestDatabase, startFakeAuth, quietLogger, openDatabase });
const assertions = makeAssertionKit('federation');
const newUser = () => kit.federation.addUser(`u${newSuffix().slice(-12)}`);
const call = (who: Person, path: string, target: unknown) => callAs(assertions, who, path, { target });
const follow = (who: Person, target: unknown) => call(who, '/follow', target);
const unfollow = (who: Person, target: unknown) => call(who, '/unfollow', target);
const listOf = async (who: Person, list: 'following' | 'followers') =>
  (await send(`${who.apId}/${list}?page=1`)).json()['orderedItems'];
const stateOf = async (who: Person) =>
  (await kit.sql('SELECT state FROM following WHERE username = $1', [who.apId.split('/').at(-1)])).map(
    (row) => row['state'],
  );
const typesOf = (peer: RemotePeer) => peer.received.map(({ json }) => json['type']);

async function arrival(peer: RemotePeer, type: string): Promise<Arrival> {
  return eventually(() => {
    const found = peer.received.find(({ json }) => json['type'] === type);
    if (found === undefined) throw new Error(`no ${type} has arrived`);
    return found;
  });
}

/** A user of ours whose Follow of `alice` was accepted. */
async function accepted(peer: RemotePeer): Promise<{ user: Awaited<ReturnType<typeof newUser>>; followId: string }> {
  const user = await newUser();
  const followId = String((await follow(user, peer.actorUrl('alice'))).json()['follow_id']);
  await answer(peer, user, 'Accept', followId);
  await eventually(async () => expect(await stateOf(user)).toEqual(['accepted']));
  return { user, followId };
}

async function answer(peer: RemotePeer, user: Person, type: 'Accept' | 'Reject', object: unknown, name = 'alice') {
  const { status } = await peer.post(name, `${user.apId}/inbox`, peer.activity(name, { type, object }));
  expect(status).toBe(202);
}

/** Once what came before has been processed: each sender's activities are taken in order. */
async function settled(peer: RemotePeer, name: string): Promise<void> {
  const marker = peer.activity(name, { type: 'Undo', object: `${peer.url}/nothing` });
  await peer.post(name, `${kit.federation.url}/inbox`, marker);
  await eventually(async () =>
    expect(await kit.sql('SELECT result FROM inbox_log WHERE activity_id = $1', [marker.id])).toEqual([
      { result: 'ignored' },
    ]),
  );
}

describe('POST /follow', () => {
  it.each(['@alice@HOST', 'alice@HOST', 'acct:alice@HOST', 'http://HOST/users/alice'])(
    'sends %s a signed Follow, and shows the target once it has accepted',
    async (target) => {
      const [user, peer] = [await newUser(), await kit.startPeer()];
      const alice = peer.actorUrl('alice');
      const asked = await follow(user, target.replace('HOST', new URL(peer.url).host));
      expect([asked.status, asked.json()]).toEqual([
        200,
        {
          target: alice,
          state: 'requested',
          follow_id: expect.stringMatching(new RegExp(`^${user.apId}#follows/[0-9a-f-]{36}$`)),
        },
      ]);
      expect(await listOf(user, 'following')).toEqual([]);
      const sent = await arrival(peer, 'Follow');
      expect(sent.path).toBe('/users/alice/inbox');
      const id = asked.json()['follow_id'];
      expect(sent.json).toEqual({
        '@context': 'https://www.w3.org/ns/activitystreams',
        ...{ type: 'Follow', id, actor: user.apId, object: alice, to: [alice] },
      });
      const { publicKey } = (await send(user.apId)).json() as { publicKey: { publicKeyPem: string; owner: string } };
      const verified = await verifyRequest({
        ...{ method: 'POST', originalUrl: sent.path, ...sent, now: new Date() },
        key: async () => publicKey,
      });
      expect(verified).toMatchObject({ owner: user.apId });

      await answer(peer, user, 'Accept', id);
      await eventually(async () => expect(await listOf(user, 'following')).toEqual([alice]));
      expect((await send(`${user.apId}/following`)).json()).toMatchObject({ totalItems: 1 });
    },
  );

  it('asks nobody twice, also not at once, and tells the present state', async () => {
    const [user, peer] = [await newUser(), await kit.startPeer()];
    const answers = await Promise.all([1, 2, 3, 4].map(() => follow(user, peer.actorUrl('alice'))));
    const ids = new Set(answers.map((asked) => asked.json()['follow_id']));
    expect([answers.map(({ status }) => status), ids.size]).toEqual([[200, 200, 200, 200], 1]);
    await answer(peer, user, 'Accept', [...ids][0]);
    await eventually(async () =>
      expect((await follow(user, peer.actorUrl('alice'))).json()).toMatchObject({ state: 'accepted' }),
    );
    await eventually(() => expect(typesOf(peer)).toEqual(['Follow']));
  });

  it('follows one of ours at once, without a request, and ends with it', async () => {
    const [user, other] = [await newUser(), await newUser()];
    const name = other.apId.split('/').at(-1) ?? '';
    for (const target of [`${name}@${new URL(other.apId).host}`, other.apId]) {
      const asked = await follow(user, target);
      expect([asked.status, asked.json()]).toMatchObject([200, { target: other.apId, state: 'accepted' }]);
    }
    expect(await listOf(user, 'following')).toEqual([other.apId]);
    expect(await listOf(other, 'followers')).toEqual([user.apId]);
    await kit.federation.publish(assetEvent('registered', other.newAsset(), 1));
    await eventually(async () => expect((await send(`${other.apId}/outbox`)).json()).toMatchObject({ totalItems: 1 }));
    expect(await kit.sql('SELECT 1 FROM deliveries WHERE ap_actor_id = ANY($1)', [[user.apId, other.apId]])).toEqual(
      [],
    );
    expect((await unfollow(user, other.apId)).json()).toEqual({ target: other.apId, state: 'none' });
    expect([await listOf(user, 'following'), await listOf(other, 'followers')]).toEqual([[], []]);
  });

  it.each([
    ['nobody there', 'nobody@HOST', 404, 'target_not_found'],
    ['nobody here', 'nobody-here@OURS', 404, 'target_not_found'],
    ['what is no target', 'alice', 422, 'target_invalid'],
    ['a collection of ours', 'http://OURS/users/a/outbox', 422, 'target_invalid'],
    ['another scheme', 'ftp://HOST/users/alice', 422, 'target_invalid'],
    ['a host where nothing listens', 'alice@127.0.0.1:9', 422, 'target_unreachable'],
    ['a private address', 'http://10.0.0.1/users/alice', 422, 'target_unreachable'],
    ['no text', '', 422, 'validation_error'],
  ])('refuses %s', async (_name, target, status, code) => {
    const [user, peer] = [await newUser(), await kit.startPeer()];
    const named = target.replace('HOST', new URL(peer.url).host).replace('OURS', new URL(user.apId).host);
    const refused = await follow(user, named);
    expect([refused.status, refused.json()['code']]).toEqual([status, code]);
    expect(await stateOf(user)).toEqual([]);
  });

  it('refuses itself, an actor that is gone, a document that is no actor, and a handle that leads back here', async () => {
    const [user, peer] = [await newUser(), await kit.startPeer()];
    const code = async (target: string) => (await follow(user, target)).json()['code'];
    expect(await code(user.apId)).toBe('target_invalid');
    peer.remove('gone');
    expect(await code(peer.actorUrl('gone'))).toBe('target_not_found');
    peer.handleLeadsTo = user.apId;
    expect(await code(`alice@${new URL(peer.url).host}`)).toBe('target_unreachable');
    peer.documentChanges = { inbox: 'none' };
    expect(await code(peer.actorUrl('alice'))).toBe('target_unreachable');
  });

  it('refuses a blocked host before it asks there, also when a handle elsewhere leads to it', async () => {
    const [user, peer, blocked] = [await newUser(), await kit.startPeer(), await kit.startPeer()];
    await kit.sql('INSERT INTO blocked_hosts (host) VALUES ($1)', [new URL(blocked.url).host]);
    peer.handleLeadsTo = blocked.actorUrl('alice');
    const targets = [blocked.actorUrl('alice'), ...[blocked, peer].map(({ url }) => `alice@${new URL(url).host}`)];
    for (const target of targets) {
      const refused = await follow(user, target);
      expect([refused.status, refused.json()['code']]).toEqual([403, 'host_blocked']);
    }
    expect(blocked.fetches).toEqual([]);
  });

  it('ends at 5,000', async () => {
    const [user, peer] = [await newUser(), await kit.startPeer()];
    await kit.sql(
      `INSERT INTO following (username, target_ap_id, follow_activity_id, state)
       SELECT $1, 'https://remote.example/' || i, i::text, 'requested' FROM generate_series(1, 4999) AS i`,
      [user.apId.split('/').at(-1)],
    );
    expect((await follow(user, peer.actorUrl('alice'))).status).toBe(200);
    const refused = await follow(user, peer.actorUrl('bob'));
    expect([refused.status, refused.json()['code']]).toEqual([409, 'following_limit_reached']);
    expect((await follow(user, peer.actorUrl('alice'))).status).toBe(200);
  });

  it('needs a credential with its scope, and an account that has been heard of', async () => {
    const user = await newUser();
    const body = { target: user.apId };
    const anonymous = await send(`${kit.federation.url}/follow`, { method: 'POST' });
    const stranger = { actorId: 'user:unheard-of', apId: `${kit.federation.url}/users/unheard-of` };
    const answers = [
      anonymous,
      await callAs(assertions, user, '/follow', body, ['read:*']),
      await follow(stranger, user.apId),
    ];
    expect(answers.map((refused) => [refused.status, refused.json()['code']])).toEqual([
      [401, 'unauthorized'],
      [403, 'insufficient_scope'],
      [409, 'actor_not_ready'],
    ]);
  });
});

describe('an answer to our Follow', () => {
  it('may embed it, with its id or without', async () => {
    const peer = await kit.startPeer();
    for (const withId of [true, false]) {
      const user = await newUser();
      const id = (await follow(user, peer.actorUrl('alice'))).json()['follow_id'];
      const object = { type: 'Follow', actor: user.apId, object: peer.actorUrl('alice'), ...(withId && { id }) };
      await answer(peer, user, 'Accept', object);
      await eventually(async () => expect(await stateOf(user)).toEqual(['accepted']));
    }
  });

  it('counts from the followed actor alone', async () => {
    const [user, peer] = [await newUser(), await kit.startPeer()];
    const id = (await follow(user, peer.actorUrl('alice'))).json()['follow_id'];
    const embedded = { type: 'Follow', id, actor: user.apId, object: peer.actorUrl('alice') };
    for (const object of [id, embedded, { type: 'Follow', actor: user.apId, object: peer.actorUrl('alice') }])
      for (const type of ['Accept', 'Reject'] as const) await answer(peer, user, type, object, 'mallory');
    await answer(peer, user, 'Accept', { ...embedded, id: `${user.apId}#follows/another` });
    await settled(peer, 'mallory');
    await settled(peer, 'alice');
    expect(await stateOf(user)).toEqual(['requested']);
  });

  it('that rejects after it accepted ends it; who asks again is heard again', async () => {
    const peer = await kit.startPeer();
    const { user, followId } = await accepted(peer);
    await answer(peer, user, 'Reject', followId);
    await eventually(async () => expect(await stateOf(user)).toEqual(['rejected']));
    expect(await listOf(user, 'following')).toEqual([]);
    await answer(peer, user, 'Accept', followId);
    await settled(peer, 'alice');
    expect(await stateOf(user)).toEqual(['rejected']);
    const again = (await follow(user, peer.actorUrl('alice'))).json();
    expect(again).toMatchObject({ state: 'requested' });
    expect(again['follow_id']).not.toBe(followId);
    await eventually(() => expect(typesOf(peer)).toEqual(['Follow', 'Follow']));
  });
});

describe('POST /unfollow', () => {
  it('sends the Undo with the Follow in it, once, also when the target is silent', async () => {
    const [user, peer] = [await newUser(), await kit.startPeer()];
    const host = new URL(peer.url).host;
    const followId = (await follow(user, `alice@${host}`)).json()['follow_id'];
    await arrival(peer, 'Follow');
    peer.fetches.length = 0;
    const target = peer.actorUrl('alice');
    for (const name of [`alice@${host}`, target]) {
      const ended = await unfollow(user, name);
      expect([ended.status, ended.json()]).toEqual([200, { target, state: 'none' }]);
    }
    expect(peer.fetches).toEqual([]);
    const undo = await arrival(peer, 'Undo');
    expect(undo.json).toEqual({
      '@context': 'https://www.w3.org/ns/activitystreams',
      ...{ type: 'Undo', id: expect.stringContaining(`${user.apId}#undoes/`), actor: user.apId, to: [target] },
      object: { type: 'Follow', id: followId, actor: user.apId, object: target },
    });
    expect(await stateOf(user)).toEqual([]);
    expect((await unfollow(user, `alice@${host}`)).json()).toEqual({ target, state: 'none' });
    expect(typesOf(peer)).toEqual(['Follow', 'Undo']);
  });

  it('never overtakes the Follow that it undoes', async () => {
    const [user, peer] = [await newUser(), await kit.startPeer()];
    peer.answers.set('/users/alice/inbox', 503);
    await follow(user, peer.actorUrl('alice'));
    await arrival(peer, 'Follow');
    await unfollow(user, peer.actorUrl('alice'));
    const jobs = () =>
      kit.sql('SELECT kind, state FROM deliveries WHERE ap_actor_id = $1 ORDER BY created_at', [user.apId]);
    expect(await jobs()).toEqual(['follow', 'undo'].map((kind) => ({ kind, state: 'pending' })));
    peer.answers.clear();
    await kit.sql('UPDATE deliveries SET next_at = now() WHERE ap_actor_id = $1', [user.apId]);
    await eventually(async () =>
      expect(await jobs()).toEqual(['follow', 'undo'].map((kind) => ({ kind, state: 'delivered' }))),
    );
    expect(typesOf(peer)).toEqual(['Follow', 'Follow', 'Undo']);
  });
});

describe('an end', () => {
  it('of the followed actor ends that we follow it', async () => {
    const peer = await kit.startPeer();
    const { user } = await accepted(peer);
    const object = peer.actorUrl('alice');
    await peer.post('alice', `${kit.federation.url}/inbox`, peer.activity('alice', { type: 'Delete', object }));
    await eventually(async () => expect(await stateOf(user)).toEqual([]));
  });

  it('of our account is told to whom it followed, and leaves nothing of that', async () => {
    const peer = await kit.startPeer();
    const { user } = await accepted(peer);
    const [liked, admirer] = [await newUser(), await newUser()];
    await follow(user, liked.apId);
    await follow(admirer, user.apId);
    kit.identity.ended.add(user.actorId);
    await kit.federation.publish(deletedEvent(user.actorId, 2));
    expect((await arrival(peer, 'Delete')).json).toMatchObject({ object: user.apId });
    await eventually(async () => expect(await kit.sql('SELECT 1 FROM erasures')).toEqual([]));
    expect([await stateOf(user), await listOf(liked, 'followers'), await stateOf(admirer)]).toEqual([[], [], []]);
    expect((await follow(admirer, user.apId)).json()).toMatchObject({ code: 'target_not_found' });
  });
});
