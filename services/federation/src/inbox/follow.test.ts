import { describe, expect, it } from '@jest/globals';
import { openDatabase } from '@artdag/database/federation';
import { verifyRequest } from '@artdag/http-signatures';
import { createTestDatabase, eventually, quietLogger, startFakeAuth } from '@artdag/testing';
import { send } from '../testing/http-client.testing.ts';
import { useFederation } from '../testing/kit.testing.ts';
import type { Arrival, RemotePeer } from '../testing/remote-peer.testing.ts';

const kit = useFederation({ createTestDatabase, startFakeAuth, quietLogger, openDatabase });

const followersOf = async (apId: string): Promise<unknown> =>
  (await send(`${apId}/followers?page=1`)).json()['orderedItems'];
/** Effects come after the answer: resolves when nothing waits to be processed any more. */
const processed = (): Promise<unknown> =>
  eventually(async () =>
    expect(await kit.sql('SELECT activity_id FROM inbox_log WHERE queue_place IS NOT NULL')).toEqual([]),
  );
const expectFollowers = async (apId: string, followers: string[]): Promise<void> => {
  await processed();
  expect(await followersOf(apId)).toEqual(followers);
};
const eventsAbout = async (subject: string): Promise<unknown[]> =>
  (await kit.sql('SELECT type FROM outbox WHERE payload LIKE $1 ORDER BY created_at, id', [`%${subject}%`])).map(
    ({ type }) => type,
  );

interface PublicKey {
  id: string;
  owner: string;
  publicKeyPem: string;
}

function firstOf(peer: RemotePeer): Arrival {
  const [first] = peer.received;
  if (first === undefined) throw new Error('nothing has arrived');
  return first;
}

describe('Follow', () => {
  it('makes a follower and sends an Accept that verifies with the published key', async () => {
    const giles = await kit.federation.addUser('giles');
    const peer = await kit.startPeer();
    const follow = peer.activity('alice', { type: 'Follow', object: giles.apId });

    const answer = await peer.post('alice', `${giles.apId}/inbox`, follow);
    expect([answer.status, answer.text]).toEqual([202, '']);
    await expectFollowers(giles.apId, [peer.actorUrl('alice')]);
    expect(peer.fetches).toEqual(['/users/alice']);

    const accept = await eventually(() => firstOf(peer));
    expect(accept).toMatchObject({
      path: '/users/alice/inbox',
      headers: { 'content-type': 'application/activity+json' },
    });
    expect(accept.headers['user-agent']).toMatch(/^ArtDAG-L2\//);
    expect(accept.json).toEqual({
      '@context': 'https://www.w3.org/ns/activitystreams',
      type: 'Accept',
      id: expect.stringMatching(new RegExp(`^${giles.apId}#accepts/[0-9a-f-]{36}$`)),
      actor: giles.apId,
      to: [peer.actorUrl('alice')],
      object: { type: 'Follow', id: follow.id, actor: peer.actorUrl('alice'), object: giles.apId },
    });
    const { id, owner, publicKeyPem } = (await send(giles.apId)).json()['publicKey'] as PublicKey;
    const verified = await verifyRequest({
      method: 'POST',
      originalUrl: accept.path,
      ...accept,
      now: new Date(),
      key: async () => ({ publicKeyPem, owner }),
    });
    expect(verified).toEqual({ keyId: id, owner: giles.apId });
    expect((await eventsAbout(peer.actorUrl('alice'))).toSorted()).toEqual([
      'follower-added',
      'inbox-activity-received',
    ]);
  });

  it('comes to the shared inbox just as well, and with the actor as an object', async () => {
    const hana = await kit.federation.addUser('hana');
    const peer = await kit.startPeer();
    const follow = peer.activity('alice', {
      type: 'Follow',
      object: { id: hana.apId },
      actor: { id: peer.actorUrl('alice') },
    });
    expect((await peer.post('alice', `${kit.federation.url}/inbox`, follow)).status).toBe(202);
    await expectFollowers(hana.apId, [peer.actorUrl('alice')]);
  });

  it('has no effect when it comes again, also many times at once', async () => {
    const ivan = await kit.federation.addUser('ivan');
    const peer = await kit.startPeer();
    const follow = peer.activity('alice', { type: 'Follow', object: ivan.apId });
    const answers = await Promise.all(
      Array.from({ length: 12 }, () => peer.post('alice', `${ivan.apId}/inbox`, follow)),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(12).fill(202));
    expect((await peer.post('alice', `${ivan.apId}/inbox`, follow)).status).toBe(202);
    await expectFollowers(ivan.apId, [peer.actorUrl('alice')]);
    expect(await kit.sql('SELECT count(*)::int AS n FROM inbox_log WHERE activity_id = $1', [follow.id])).toEqual([
      { n: 1 },
    ]);
    await eventually(() => expect(peer.received).toHaveLength(1));
    expect((await eventsAbout(peer.actorUrl('alice'))).toSorted()).toEqual([
      'follower-added',
      'inbox-activity-received',
    ]);
  });

  it('of an old follower under a new id is accepted again, and makes no second follower', async () => {
    const jane = await kit.federation.addUser('jane');
    const peer = await kit.startPeer();
    const follows = [1, 2].map(() => peer.activity('alice', { type: 'Follow', object: jane.apId }));
    for (const follow of follows) expect((await peer.post('alice', `${jane.apId}/inbox`, follow)).status).toBe(202);
    await expectFollowers(jane.apId, [peer.actorUrl('alice')]);
    await eventually(() =>
      expect(peer.received.map(({ json }) => (json['object'] as { id: string }).id).toSorted()).toEqual(
        follows.map(({ id }) => id).toSorted(),
      ),
    );
  });

  it('of nobody here is 404, of somebody elsewhere 202 without effect', async () => {
    const { apId } = await kit.federation.addUser('kim');
    const peer = await kit.startPeer();
    const post = (inbox: string, object: unknown) =>
      peer.post('alice', inbox, peer.activity('alice', { type: 'Follow', object }));
    const nobody = `${kit.federation.url}/users/nobody`;
    expect((await post(`${nobody}/inbox`, nobody)).status).toBe(404);
    expect((await post(`${kit.federation.url}/inbox`, nobody)).status).toBe(404);
    expect((await post(`${apId}/inbox`, 'https://elsewhere.example/users/x')).status).toBe(202);
    expect((await post(`${apId}/inbox`, [apId])).status).toBe(202);
    await expectFollowers(apId, []);
  });
});

describe('Undo of a Follow', () => {
  it('removes the follower, and the same Follow counts again afterwards, and the same Undo', async () => {
    const { apId } = await kit.federation.addUser('lena');
    const peer = await kit.startPeer();
    const follow = peer.activity('alice', { type: 'Follow', object: apId });
    const undo = peer.activity('alice', { type: 'Undo', object: follow });
    for (let round = 0; round < 2; round += 1) {
      expect((await peer.post('alice', `${apId}/inbox`, follow)).status).toBe(202);
      await expectFollowers(apId, [peer.actorUrl('alice')]);
      expect((await peer.post('alice', `${apId}/inbox`, undo)).status).toBe(202);
      await expectFollowers(apId, []);
    }
    await eventually(() => expect(peer.received).toHaveLength(2));
    expect(await eventsAbout(peer.actorUrl('alice'))).toEqual(
      expect.arrayContaining(['follower-added', 'follower-removed', 'follower-added', 'follower-removed']),
    );
  });

  it('may name the Follow by its id only', async () => {
    const { apId } = await kit.federation.addUser('mia');
    const peer = await kit.startPeer();
    const follow = peer.activity('alice', { type: 'Follow', object: apId });
    await peer.post('alice', `${apId}/inbox`, follow);
    await peer.post('alice', `${apId}/inbox`, peer.activity('alice', { type: 'Undo', object: follow.id }));
    await expectFollowers(apId, []);
  });

  it('is ignored when the Follow is somebody else’s', async () => {
    const { apId } = await kit.federation.addUser('nina');
    const peer = await kit.startPeer();
    const follow = peer.activity('alice', { type: 'Follow', object: apId });
    await peer.post('alice', `${apId}/inbox`, follow);
    for (const object of [follow, follow.id, { type: 'Follow', object: apId }, { type: 'Like', object: apId }, null]) {
      const undo = peer.activity('mallory', { type: 'Undo', object });
      expect((await peer.post('mallory', `${apId}/inbox`, undo)).status).toBe(202);
    }
    await expectFollowers(apId, [peer.actorUrl('alice')]);
  });
});

describe('Delete of an actor', () => {
  it('ends its follows and leaves a tombstone', async () => {
    const { apId } = await kit.federation.addUser('olga');
    const peer = await kit.startPeer();
    await peer.post('alice', `${apId}/inbox`, peer.activity('alice', { type: 'Follow', object: apId }));
    const gone = peer.activity('alice', { type: 'Delete', object: peer.actorUrl('alice') });
    expect((await peer.post('alice', `${kit.federation.url}/inbox`, gone)).status).toBe(202);
    await expectFollowers(apId, []);
    expect(await kit.sql('SELECT gone, key_id FROM remote_actors WHERE ap_id = $1', [peer.actorUrl('alice')])).toEqual([
      { gone: true, key_id: null },
    ]);
  });

  it('is taken without a signature that verifies when the actor’s URL answers 410', async () => {
    const { apId } = await kit.federation.addUser('pia');
    const peer = await kit.startPeer();
    await peer.post('alice', `${apId}/inbox`, peer.activity('alice', { type: 'Follow', object: apId }));
    const date = new Date(Date.now() + 2 * 24 * 3600_000);
    const later = await kit.startFederation({ now: () => date });
    const post = (activity: Record<string, unknown>) =>
      peer.post('alice', `${later.url}/inbox`, activity, { tweak: { date } });
    peer.remove('alice');
    expect((await post(peer.activity('alice', { type: 'Delete', object: peer.actorUrl('alice') }))).status).toBe(202);
    await expectFollowers(apId, []);

    const other = peer.activity('alice', { type: 'Delete', object: `${peer.url}/notes/1` });
    expect((await post(other)).json()).toMatchObject({
      code: 'key_unavailable',
    });
  });
});

describe('everything else', () => {
  it('is stored and ignored', async () => {
    const { apId } = await kit.federation.addUser('quin');
    const peer = await kit.startPeer();
    const strange = [
      peer.activity('alice', {
        type: 'Create',
        object: { type: 'Note', id: 'https://elsewhere.example/notes/1', content: 'x' },
      }),
      peer.activity('alice', { type: 'Like', object: `${kit.federation.url}/objects/${'ab'.repeat(32)}` }),
      peer.activity('alice', { type: 'https://example.com/ns#Frobnicate', object: { a: [1] } }),
      peer.activity('alice', { type: ['Follow'], object: apId }),
      peer.activity('alice', { object: apId }),
      peer.activity('alice', { type: 'Accept', object: `${apId}#follows/1` }),
      peer.activity('alice', {
        type: 'Like',
        object: apId,
        '@context': 'https://nowhere.invalid/context',
        content: '\u0000\ud800',
      }),
      peer.activity('alice', {
        type: 'Create',
        '@graph': [],
        '@included': [],
        '@reverse': {},
        signature: { type: 'RsaSignature2017' },
      }),
    ];
    for (const activity of strange) {
      expect((await peer.post('alice', `${apId}/inbox`, activity)).status).toBe(202);
      await processed();
      expect(await kit.sql('SELECT result FROM inbox_log WHERE activity_id = $1', [activity.id])).toEqual([
        { result: 'ignored' },
      ]);
    }
    expect(peer.fetches).toEqual(['/users/alice']);
    await expectFollowers(apId, []);
  });

  it('keeps the first content of an id and counts the second', async () => {
    const { apId } = await kit.federation.addUser('rosa');
    const peer = await kit.startPeer();
    const first = peer.activity('alice', { type: 'Like', object: `${apId}/1` });
    await peer.post('alice', `${apId}/inbox`, first);
    expect((await peer.post('alice', `${apId}/inbox`, { ...first, type: 'Follow', object: apId })).status).toBe(202);
    await expectFollowers(apId, []);
    expect(await kit.sql('SELECT type FROM inbox_log WHERE activity_id = $1', [first.id])).toEqual([{ type: 'Like' }]);
    const metrics = (await send(`${kit.federation.url}/metrics`)).text;
    expect(metrics).toMatch(/^inbox_id_conflicts_total 1$/m);
    expect(metrics).toMatch(/^inbox_processed_total\{effect="followed"\} \d+$/m);
  });
});
