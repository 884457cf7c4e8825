import { describe, expect, it } from '@jest/globals';
import { openDatabase } from '@artdag/database/federation';
import { verifyRequest } from '@artdag/http-signatures';
import { createTestDatabase, eventually, quietLogger, startFakeAuth } from '@artdag/testing';
import { assetEvent, keysEvent, newAsset } from '../testing/events.testing.ts';
import { send } from '../testing/http-client.testing.ts';
import { useFederation } from '../testing/kit.testing.ts';
import type { Arrival, RemotePeer } from '../testing/remote-peer.testing.ts';

let offsetMs = 0;
const now = () => new Date(Date.now() + offsetMs);
const kit = useFederation({ createTestDatabase, startFakeAuth, quietLogger, openDatabase }, { now });

type User = Awaited<ReturnType<typeof kit.federation.addUser>> & { username: string };
type Former = 'retired' | 'compromised';

let users = 0;
/** A user with followers of a peer, their Accepts received and forgotten. */
async function followed(peer: RemotePeer, ...names: string[]): Promise<User> {
  const username = `user${users++}`;
  const user = await kit.federation.addUser(username);
  for (const name of names) {
    const follow = peer.activity(name, { type: 'Follow', object: user.apId });
    expect((await peer.post(name, `${user.apId}/inbox`, follow, { tweak: { date: now() } })).status).toBe(202);
  }
  await eventually(() => expect(peer.received).toHaveLength(names.length));
  peer.received.length = 0;
  return { ...user, username };
}

/** Gives the user new keys; `tell` publishes the event of it. */
function rotate(user: User, former: Former = 'retired') {
  const { keys, version, ed25519 } = kit.identity.rotate(user.actorId, former);
  const publicUrl = kit.federation.url;
  const keyId = `${user.apId}#ed25519-key-${version}`;
  return {
    tell: () => kit.federation.publish(keysEvent(user.actorId, user.username, keys, version)),
    /** A claim that is signed with the new key. */
    claim: () => assetEvent('registered', newAsset({ publicUrl, username: user.username, ed25519, keyId }), 1),
  };
}

const ofType = (peer: RemotePeer, type: string): Arrival[] => peer.received.filter(({ json }) => json['type'] === type);
const fragment = (url: unknown): string => String(url).split('#')[1] ?? '';

async function documentOf(user: User) {
  const json = (await send(user.apId)).json() as { publicKey: { id: string }; assertionMethod: { id: string }[] };
  return { rsa: fragment(json.publicKey.id), proofs: json.assertionMethod.map(({ id }) => fragment(id)) };
}

/** The key that an arrival was signed with, which the actor document has to show. */
async function signedWith(arrival: Arrival, user: User): Promise<string> {
  const { publicKey } = (await send(user.apId)).json() as { publicKey: { id: string; publicKeyPem: string } };
  const { keyId } = await verifyRequest({
    ...{ method: 'POST', originalUrl: arrival.path, now: now(), scheme: 'http' },
    ...{ headers: arrival.headers, rawHeaders: arrival.rawHeaders, body: arrival.body },
    key: async () => ({ publicKeyPem: publicKey.publicKeyPem, owner: user.apId }),
  });
  expect(keyId).toBe(publicKey.id);
  return fragment(keyId);
}

const jobsOf = (user: User, kind: string) =>
  kit.sql(
    'SELECT inbox, state, attempts FROM deliveries WHERE ap_actor_id = $1 AND kind = $2 ORDER BY created_at, id',
    [user.apId, kind],
  );

describe('after keys were rotated', () => {
  it('the document has the new RSA key and all proof keys but compromised ones, and deliveries name the new one', async () => {
    const peer = await kit.startPeer();
    const user = await followed(peer, 'alice');
    await rotate(user, 'retired').tell();
    await rotate(user, 'compromised').tell();
    const last = rotate(user, 'retired');
    await last.tell();
    expect(await documentOf(user)).toEqual({
      rsa: 'main-key-4',
      proofs: ['ed25519-key-4', 'ed25519-key', 'ed25519-key-3'],
    });
    await kit.federation.publish(last.claim());
    const [create] = await eventually(() => {
      const creates = ofType(peer, 'Create');
      expect(creates).toHaveLength(1);
      return creates;
    });
    expect(create && (await signedWith(create, user))).toBe('main-key-4');
  });

  it('the later set stays when an earlier one is told after it', async () => {
    const user = await followed(await kit.startPeer());
    const [second, third] = [rotate(user), rotate(user)];
    await third.tell();
    await second.tell();
    expect(await documentOf(user)).toEqual({
      rsa: 'main-key-3',
      proofs: ['ed25519-key-3', 'ed25519-key', 'ed25519-key-2'],
    });
  });

  it('what failed before is signed anew with the new key when it is tried again', async () => {
    const peer = await kit.startPeer();
    const user = await followed(peer, 'alice');
    peer.answers.set('/users/alice/inbox', 503);
    await kit.federation.publish(assetEvent('registered', user.newAsset(), 1));
    await eventually(() => expect(ofType(peer, 'Create')).toHaveLength(1));
    await eventually(async () => {
      const [job] = await kit.sql('SELECT attempts FROM deliveries WHERE ap_actor_id = $1 AND kind = $2', [
        user.apId,
        'activity',
      ]);
      expect(job).toEqual({ attempts: 1 });
    });
    peer.answers.clear();
    rotate(user, 'compromised');
    offsetMs += 2 * 60_000;
    await eventually(() => expect(ofType(peer, 'Create')).toHaveLength(2));
    const [, again] = ofType(peer, 'Create');
    expect(again && (await signedWith(again, user))).toBe('main-key-2');
  });
});

describe('a key that is rotated while a delivery is on its way', () => {
  it.each([401, 403])('has the delivery sent again with the next key, when the inbox answers %d', async (status) => {
    const peer = await kit.startPeer();
    const user = await followed(peer, 'alice');
    peer.answers.set('/users/alice/inbox', () => {
      // As one does that looks for the key only now, and finds the next one in the document.
      rotate(user);
      peer.answers.clear();
      return status;
    });
    await kit.federation.publish(assetEvent('registered', user.newAsset(), 1));
    await eventually(async () => expect(await jobsOf(user, 'activity')).toMatchObject([{ state: 'delivered' }]));
    const [first, second] = ofType(peer, 'Create');
    expect(first?.headers['signature']).toContain('#main-key"');
    expect(second && (await signedWith(second, user))).toBe('main-key-2');
  });

  it('does not make a delivery be given up when identity is away just then', async () => {
    const peer = await kit.startPeer();
    const user = await followed(peer, 'alice');
    peer.answers.set('/users/alice/inbox', () => {
      kit.identity.down = true;
      return 401;
    });
    await kit.federation.publish(assetEvent('registered', user.newAsset(), 1));
    await eventually(async () =>
      expect(await jobsOf(user, 'activity')).toMatchObject([{ state: 'pending', attempts: 1 }]),
    );
    kit.identity.down = false;
    peer.answers.set('/users/alice/inbox', 401);
    offsetMs += 2 * 60_000;
    await eventually(async () =>
      expect(await jobsOf(user, 'activity')).toMatchObject([{ state: 'dead', attempts: 2 }]),
    );
  });
});

describe('before the event of a rotation has come', () => {
  it.each([1, 2])(
    'what is signed with a key rotated %d time(s) is sent once the document shows that key',
    async (times) => {
      const peer = await kit.startPeer();
      const user = await followed(peer, 'alice');
      for (let i = 0; i < times; i += 1) rotate(user);
      await kit.federation.publish(assetEvent('registered', user.newAsset(), 1));
      await eventually(() => expect(ofType(peer, 'Create')).toHaveLength(1));
      expect((await documentOf(user)).rsa).toBe(`main-key-${times + 1}`);
      const [create] = ofType(peer, 'Create');
      expect(create && (await signedWith(create, user))).toBe(`main-key-${times + 1}`);
    },
  );

  it('a claim whose proof names the new key is sent once the document shows that key', async () => {
    const peer = await kit.startPeer();
    const user = await followed(peer, 'alice');
    // Only the proof key is new: the HTTP signature gives no occasion to find out.
    const before = kit.identity.keysOf(user.actorId);
    const { claim } = rotate(user);
    const rotated = kit.identity.keysOf(user.actorId);
    if (before === undefined || rotated === undefined) throw new Error('no keys');
    const rsaOf = (keys: typeof before) => keys.keys.filter(({ kind }) => kind === 'rsa').slice(0, 1);
    rotated.keys = [...rsaOf(before), ...rotated.keys.filter(({ kind }) => kind === 'ed25519')];
    rotated.rsa = before.rsa;
    await kit.federation.publish(claim());
    await eventually(() => expect(ofType(peer, 'Create')).toHaveLength(1));
    expect(await documentOf(user)).toEqual({ rsa: 'main-key', proofs: ['ed25519-key-2', 'ed25519-key'] });
  });

  it('a claim waits while identity is away, and is delivered once it is back', async () => {
    const peer = await kit.startPeer();
    const user = await followed(peer, 'alice');
    const { claim } = rotate(user);
    kit.identity.down = true;
    await kit.federation.publish(claim());
    await eventually(async () => {
      const waiting =
        'SELECT claimed_until > $2 AS put_off FROM publications WHERE ap_actor_id = $1 AND queue_place > 0';
      expect(await kit.sql(waiting, [user.apId, now()])).toEqual([{ put_off: true }]);
    });
    kit.identity.down = false;
    offsetMs += 10_000;
    await eventually(() => expect(ofType(peer, 'Create')).toHaveLength(1));
  });
});

describe('followers', () => {
  it('hear of new keys by an Update of the actor, once for each rotation, signed with the new key', async () => {
    const peer = await kit.startPeer({ sharedInbox: true });
    const user = await followed(peer, 'alice', 'bob');
    const { tell } = rotate(user, 'compromised');
    await tell();
    await tell();
    await eventually(async () => expect(await jobsOf(user, 'update')).toMatchObject([{ state: 'delivered' }]));
    const [update, ...more] = ofType(peer, 'Update');
    expect(more).toEqual([]);
    expect(update?.path).toBe('/inbox');
    expect(update && (await signedWith(update, user))).toBe('main-key-2');
    const { '@context': context, ...document } = (await send(user.apId)).json();
    expect(update?.json).toEqual({
      '@context': context,
      type: 'Update',
      id: `${user.apId}#updates/keys-2`,
      actor: user.apId,
      to: ['https://www.w3.org/ns/activitystreams#Public'],
      cc: [`${user.apId}/followers`],
      object: document,
    });
  });

  it('hear of the last rotation only, when an inbox was away during several', async () => {
    const peer = await kit.startPeer();
    const user = await followed(peer, 'alice');
    peer.answers.set('/users/alice/inbox', 503);
    for (let i = 1; i <= 3; i += 1) {
      await rotate(user).tell();
      await eventually(async () => {
        const waiting = (await jobsOf(user, 'update')).filter(({ state, attempts }) => state === 'pending' && attempts);
        expect([waiting.length, ofType(peer, 'Update').length]).toEqual([1, i]);
      });
    }
    peer.answers.clear();
    offsetMs += 2 * 60_000;
    await eventually(async () => {
      const states = (await jobsOf(user, 'update')).map(({ state }) => state);
      expect(states).toEqual(['dropped', 'dropped', 'delivered']);
    });
    expect(ofType(peer, 'Update').map(({ json }) => fragment(json['id']))).toEqual(
      [2, 3, 4, 4].map((n) => `updates/keys-${n}`),
    );
  });

  it('never hear of an earlier set after a later one, while the earlier is on its way', async () => {
    const peer = await kit.startPeer();
    const user = await followed(peer, 'alice');
    peer.answers.set('/users/alice/inbox', 'hang');
    await rotate(user).tell();
    await eventually(() => expect(ofType(peer, 'Update')).toHaveLength(1));
    peer.answers.clear();
    await rotate(user).tell();
    await kit.federation.publish(assetEvent('registered', user.newAsset(), 1));
    await eventually(() => expect(ofType(peer, 'Create')).toHaveLength(1));
    expect(ofType(peer, 'Update')).toHaveLength(1);
    peer.hangUp();
    await eventually(async () => expect((await jobsOf(user, 'update'))[0]).toMatchObject({ attempts: 1 }));
    offsetMs += 2 * 60_000;
    await eventually(() => expect(ofType(peer, 'Update').at(-1)?.json['id']).toBe(`${user.apId}#updates/keys-3`));
  });

  it('hear nothing of first keys, nor of a set that came too late', async () => {
    const peer = await kit.startPeer();
    const user = await followed(peer, 'alice');
    const [second, third] = [rotate(user), rotate(user)];
    await third.tell();
    await second.tell();
    await eventually(async () => expect(await jobsOf(user, 'update')).toMatchObject([{ state: 'delivered' }]));
    expect(ofType(peer, 'Update').map(({ json }) => fragment(json['id']))).toEqual(['updates/keys-3']);
  });
});
