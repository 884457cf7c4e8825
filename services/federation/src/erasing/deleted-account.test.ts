import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { openDatabase } from '@artdag/database/federation';
import { verifyRequest } from '@artdag/http-signatures';
import { newSuffix } from '@artdag/service-kit';
import { createTestDatabase, eventually, quietLogger, startFakeAuth } from '@artdag/testing';
import { assetEvent, deletedEvent, keysEvent, registeredEvent } from '../testing/events.testing.ts';
import { send } from '../testing/http-client.testing.ts';
import { useFederation } from '../testing/kit.testing.ts';
import type { RemotePeer } from '../testing/remote-peer.testing.ts';

/** The clock of the service; tests put it forward instead of waiting. */
let offsetMs = 0;
const now = () => new Date(Date.now() + offsetMs);
const kit = useFederation({ createTestDatabase, startFakeAuth, quietLogger, openDatabase }, { now });

type User = Awaited<ReturnType<typeof kit.federation.addUser>>;
const newName = (): string => `u${newSuffix().slice(-12)}`;

async function followed(peer: RemotePeer, ...names: string[]): Promise<User> {
  const user = await kit.federation.addUser(newName());
  for (const name of names) {
    const follow = peer.activity(name, { type: 'Follow', object: user.apId });
    const answer = await peer.post(name, `${user.apId}/inbox`, follow, { tweak: { date: now() } });
    expect(answer.status).toBe(202);
  }
  await eventually(() => expect(peer.received).toHaveLength(names.length));
  // A Delete waits for what is on its way, and what has come is on its way until that is written down.
  const onTheirWay = `SELECT 1 FROM deliveries WHERE ap_actor_id = $1 AND state = 'pending'`;
  await eventually(async () => expect(await kit.sql(onTheirWay, [user.apId])).toEqual([]));
  peer.received.length = 0;
  return user;
}

/** As auth deletes it: identity signs nothing more for it but farewells. */
async function remove(user: User, version = 2): Promise<void> {
  kit.identity.ended.add(user.actorId);
  await kit.federation.publish(deletedEvent(user.actorId, version));
}

const isErased = async () => expect(await kit.sql('SELECT 1 FROM erasures')).toEqual([]);
const typesOf = (peer: RemotePeer) => peer.received.map(({ json }) => json['type']);
const publicationsOf = (user: Pick<User, 'apId'>) =>
  kit.sql('SELECT document FROM publications WHERE ap_actor_id = $1', [user.apId]);
const jobsOf = (user: User) =>
  kit.sql(`SELECT kind, state FROM deliveries WHERE ap_actor_id = $1 AND kind <> 'accept' ORDER BY created_at, id`, [
    user.apId,
  ]);

describe('a deleted account', () => {
  it('tells each inbox of its followers by one Delete of itself, signed by the key that its tombstone still shows', async () => {
    const peer = await kit.startPeer();
    const user = await followed(peer, 'alice', 'bob');
    await remove(user);
    await remove(user);
    await eventually(() => expect(peer.received).toHaveLength(2));
    expect(peer.received.map(({ path }) => path).toSorted()).toEqual(['/users/alice/inbox', '/users/bob/inbox']);
    const tombstone = await send(user.apId);
    expect(tombstone.status).toBe(410);
    const { publicKey, ...rest } = tombstone.json();
    expect(rest).toMatchObject({ type: 'Tombstone', id: user.apId, formerType: 'Person', deleted: expect.any(String) });
    expect(rest['assertionMethod']).toHaveLength(1);
    for (const arrival of peer.received) {
      expect(arrival.json).toEqual({
        '@context': 'https://www.w3.org/ns/activitystreams',
        ...{ type: 'Delete', id: `${user.apId}#delete`, actor: user.apId, object: user.apId },
        to: ['https://www.w3.org/ns/activitystreams#Public'],
      });
      const { keyId } = await verifyRequest({
        ...{ method: 'POST', originalUrl: arrival.path, now: now() },
        ...{ headers: arrival.headers, rawHeaders: arrival.rawHeaders, body: arrival.body },
        key: async () => ({ publicKeyPem: (publicKey as { publicKeyPem: string }).publicKeyPem, owner: user.apId }),
      });
      expect(keyId).toBe(`${user.apId}#main-key`);
    }
    await eventually(async () =>
      expect(await jobsOf(user)).toEqual([
        { kind: 'delete', state: 'delivered' },
        { kind: 'delete', state: 'delivered' },
      ]),
    );
  });

  it('leaves no publication, follower, name, nor anything that its jobs said', async () => {
    const peer = await kit.startPeer();
    const user = await followed(peer, 'alice');
    await kit.federation.publish(registeredEvent(user.actorId, user.apId.split('/').at(-1) ?? '', 2, 'Ms Mark'));
    kit.identity.rotate(user.actorId);
    const { keys, version, username } = kit.identity.keysOf(user.actorId) ?? { keys: [], version: 2, username: '' };
    await kit.federation.publish(keysEvent(user.actorId, username, keys, version));
    await kit.federation.publish(assetEvent('registered', user.newAsset(), 1));
    await eventually(() => expect(typesOf(peer).toSorted()).toEqual(['Create', 'Update']));
    const named = `SELECT 1 FROM deliveries WHERE body LIKE '%Ms Mark%'`;
    expect(await kit.sql(named)).toHaveLength(1);
    await remove(user, 3);
    await eventually(isErased);
    expect(await publicationsOf(user)).toEqual([]);
    expect(await kit.sql('SELECT 1 FROM followers WHERE username = $1', [username])).toEqual([]);
    expect(await kit.sql(named)).toEqual([]);
    expect(await kit.sql('SELECT display_name FROM ap_actors WHERE actor_id = $1', [user.actorId])).toEqual([
      { display_name: null },
    ]);
    const left = `SELECT 1 FROM outbox WHERE type = 'follower-removed' AND payload::jsonb #>> '{data,username}' = $1`;
    expect(await kit.sql(left, [username])).toHaveLength(1);
    await eventually(() => expect(typesOf(peer).at(-1)).toBe('Delete'));
  });

  it('sends nothing more of what waits, and its Delete once what is on its way must have arrived', async () => {
    // On hosts of their own, as a host that hangs is written to by one delivery at a time.
    const [hanging, failing] = [await kit.startPeer(), await kit.startPeer()];
    const user = await followed(hanging, 'alice');
    const follow = failing.activity('bob', { type: 'Follow', object: user.apId });
    await failing.post('bob', `${user.apId}/inbox`, follow, { tweak: { date: now() } });
    await eventually(() => expect(typesOf(failing)).toEqual(['Accept']));
    hanging.answers.set('/users/alice/inbox', 'hang');
    failing.answers.set('/users/bob/inbox', 503);
    await kit.federation.publish(assetEvent('registered', user.newAsset(), 1));
    await eventually(() => expect([typesOf(hanging), typesOf(failing)]).toEqual([['Create'], ['Accept', 'Create']]));
    await eventually(async () => {
      const failed = `SELECT 1 FROM deliveries WHERE ap_actor_id = $1 AND state = 'pending' AND attempts = 1`;
      expect(await kit.sql(failed, [user.apId])).toHaveLength(1);
    });
    failing.answers.clear();
    await remove(user);
    await eventually(() => expect(typesOf(failing)).toEqual(['Accept', 'Create', 'Delete']));
    expect(typesOf(hanging)).toEqual(['Create']);
    hanging.answers.clear();
    hanging.hangUp();
    offsetMs += 120_000;
    await eventually(() => expect(typesOf(hanging).at(-1)).toBe('Delete'));
    await eventually(isErased);
    offsetMs += 120_000;
    await eventually(async () => {
      // One that is tried once more before its claim is erased is refused by identity, and dead.
      const states = (await jobsOf(user)).map(({ kind, state }) => `${String(kind)} ${String(state)}`);
      expect(states.map((state) => state.replace(/dead|dropped/, 'given up')).toSorted()).toEqual([
        ...['activity given up', 'activity given up'],
        ...['delete delivered', 'delete delivered'],
      ]);
    });
  });

  it.each([
    [0, 1, 2, 3],
    [3, 0, 1, 2],
    [2, 3, 0, 1],
    [1, 3, 2, 0],
    [3, 2, 1, 0],
  ])('is erased whatever the order of registration, keys, a claim and deletion, each twice: %j', async (...order) => {
    const [actorId, username] = [`user:${newSuffix()}`, newName()];
    const apId = `${kit.federation.url}/users/${username}`;
    const { keys, ed25519, version } = kit.identity.addActor(actorId, apId);
    const asset = { subject: `ast_${newSuffix()}`, publicUrl: kit.federation.url, username, ed25519 };
    const events = [
      registeredEvent(actorId, username, 1, 'Ms Mark'),
      keysEvent(actorId, username, keys, version),
      assetEvent('registered', { ...asset, contentHash: 'ab'.repeat(32) }, 1),
      deletedEvent(actorId, 2),
    ];
    await kit.federation.publish(...[...order, ...order].flatMap((i) => events[i] ?? []));
    await eventually(isErased);
    expect(await publicationsOf({ apId })).toEqual([]);
    expect((await send(apId)).status).toBe(410);
    expect(
      await kit.sql('SELECT 1 FROM ap_actors WHERE display_name IS NOT NULL AND actor_id = $1', [actorId]),
    ).toEqual([]);
  });

  it('is asked after by strangers’ activities no more: those that name it are erased, a namesake’s are not', async () => {
    const { federation } = kit;
    const peer = await kit.startPeer();
    const [gil, giles] = [await federation.addUser('gil'), await federation.addUser('giles')];
    for (const { apId } of [gil, giles]) {
      const note = peer.activity('alice', { type: 'Like', object: { id: 'https://a.example/1', attributedTo: apId } });
      expect((await peer.post('alice', `${apId}/inbox`, note, { tweak: { date: now() } })).status).toBe(202);
    }
    await federation.publish(deletedEvent(gil.actorId, 2));
    await eventually(isErased);
    const about = (apId: string) => kit.sql('SELECT 1 FROM inbox_log WHERE position($1 IN payload) > 0', [`${apId}"`]);
    expect([await about(gil.apId), (await about(giles.apId)).length]).toEqual([[], 1]);
  });

  it('takes no follower that asks at the moment of its end', async () => {
    const { federation } = kit;
    const peer = await kit.startPeer();
    const user = await federation.addUser(newName());
    const asks = Array.from({ length: 30 }, (_, i) => {
      const follow = peer.activity(`f${i}`, { type: 'Follow', id: `${peer.url}/${randomUUID()}`, object: user.apId });
      return peer.post(`f${i}`, `${user.apId}/inbox`, follow, { tweak: { date: now() } });
    });
    await Promise.all([...asks, federation.publish(deletedEvent(user.actorId, 2))]);
    await eventually(isErased);
    const left = await kit.sql('SELECT 1 FROM followers WHERE username = $1', [user.apId.split('/').at(-1)]);
    expect(left).toEqual([]);
  });

  it('of 20,000 publications is erased to its end by another process when the first one is gone', async () => {
    const user = await kit.federation.addUser(newName());
    await kit.sql(
      `INSERT INTO publications (activity_id, ap_actor_id, document, published_at)
       SELECT gen_random_uuid(), $1, '{"name":"mark"}', now() - n * interval '1 second' FROM generate_series(1, 20000) n`,
      [user.apId],
    );
    await remove(user);
    await eventually(async () => expect((await publicationsOf(user)).length).toBeLessThan(20_000));
    await kit.federation.service.close();
    const left = (await publicationsOf(user)).length;
    console.log(`interrupted with ${left} publications left`);
    expect(left).toBeGreaterThan(0);
    const second = await kit.startFederation({ now });
    await eventually(isErased);
    expect(await publicationsOf(user)).toEqual([]);
    await second.close();
  });
});
