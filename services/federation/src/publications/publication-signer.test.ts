import { openDatabase } from '@artdag/database/federation';
import { bytesToSign, verifyDocument } from '@artdag/ld-signatures';
import { newSuffix } from '@artdag/service-kit';
import { describe, expect, it } from '@jest/globals';
import { createTestDatabase, eventually, quietLogger, startFakeAuth } from '@artdag/testing';
import { claimText } from '../testing/claim-text.testing.ts';
import { assetEvent, deletedEvent, erasedEvent, keysEvent, registeredEvent } from '../testing/events.testing.ts';
import { send } from '../testing/http-client.testing.ts';
import { useFederation } from '../testing/kit.testing.ts';
import type { RemotePeer } from '../testing/remote-peer.testing.ts';

type Json = Record<string, unknown>;

let offsetMs = 0;
const now = () => new Date(Date.now() + offsetMs);
const kit = useFederation({ createTestDatabase, startFakeAuth, quietLogger, openDatabase }, { now });

const newUser = async () => {
  const username = `u${newSuffix().slice(-12)}`;
  return { ...(await kit.federation.addUser(username)), username };
};
type User = Awaited<ReturnType<typeof newUser>>;
const outboxOf = async ({ apId }: User) => (await send(`${apId}/outbox?page=true`)).json()['orderedItems'] as Json[];
const totalOf = async ({ apId }: User) => (await send(`${apId}/outbox`)).json()['totalItems'];
const waitingOf = ({ apId }: User) =>
  kit.sql('SELECT document FROM publications WHERE ap_actor_id = $1 AND queue_place IS NOT NULL', [apId]);
const claimsTo = (peer: RemotePeer) => peer.received.map(({ json }) => json).filter(({ type }) => type !== 'Accept');

async function followedBy(peer: RemotePeer): Promise<User> {
  const user = await newUser();
  const follow = peer.activity('alice', { type: 'Follow', object: user.apId });
  await peer.post('alice', `${user.apId}/inbox`, follow, { tweak: { date: now() } });
  await eventually(() => expect(peer.received).toHaveLength(1));
  return user;
}

const rsaPem = (user: User): string =>
  kit.identity.keysOf(user.actorId)?.keys.find(({ kind, status }) => kind === 'rsa' && status === 'primary')
    ?.public_key_pem ?? '';

/** identity away while `work` is done; what waits then is put off for a moment. */
async function withoutIdentity(user: User, waiting: number, work: () => Promise<void>): Promise<void> {
  kit.identity.down = true;
  await work();
  await eventually(async () => expect(await waitingOf(user)).toHaveLength(waiting));
}
function identityReturns(): void {
  kit.identity.down = false;
  offsetMs += 5_000;
}

describe('a claim', () => {
  it('is in the outbox and goes to followers as its owner signed it, with a Linked Data Signature by its RSA key behind', async () => {
    const peer = await kit.startPeer();
    const user = await followedBy(peer);
    const event = assetEvent('registered', user.newAsset(), 1);
    await kit.federation.publish(event);
    await eventually(() => expect(claimsTo(peer)).toHaveLength(1));
    const [shown] = await outboxOf(user);
    const sent = peer.received.at(-1)?.body.toString() ?? '';
    expect(JSON.parse(sent)).toEqual(shown);
    expect(Object.keys(JSON.parse(sent) as Json).at(-1)).toBe('signature');
    expect(claimText(sent)).toBe(JSON.stringify(event.data.activity));
    expect(shown?.['signature']).toMatchObject({ type: 'RsaSignature2017', creator: `${user.apId}#main-key` });
    expect(await verifyDocument(shown ?? {}, rsaPem(user))).toBe(true);
    expect(await verifyDocument({ ...shown, actor: 'https://elsewhere.example/a' }, rsaPem(user))).toBe(false);
  });

  it('is seen by nobody while identity is away, however often that is tried, and by everybody once it is back', async () => {
    const peer = await kit.startPeer();
    const user = await followedBy(peer);
    await withoutIdentity(user, 1, async () => kit.federation.publish(assetEvent('registered', user.newAsset(), 1)));
    for (let tries = 0; tries < 3; tries += 1) {
      offsetMs += 3600_000;
      const putOff = 'SELECT 1 FROM publications WHERE ap_actor_id = $1 AND claimed_until > $2';
      await eventually(async () => expect(await kit.sql(putOff, [user.apId, now()])).toHaveLength(1));
      expect([await outboxOf(user), await totalOf(user), claimsTo(peer)]).toEqual([[], 0, []]);
    }
    identityReturns();
    await eventually(() => expect(claimsTo(peer)).toHaveLength(1));
    expect(await totalOf(user)).toBe(1);
  });

  it('is followed by its Update and Delete in that order, also when all three waited', async () => {
    const peer = await kit.startPeer();
    const user = await followedBy(peer);
    const asset = user.newAsset();
    await withoutIdentity(user, 3, async () =>
      kit.federation.publish(
        assetEvent('registered', asset, 1),
        assetEvent('updated', asset, 2),
        assetEvent('deleted', asset, 3),
      ),
    );
    identityReturns();
    await eventually(() => expect(claimsTo(peer).map(({ type }) => type)).toEqual(['Create', 'Update', 'Delete']));
  });

  it('of an actor of whom nobody has told yet is published once somebody has', async () => {
    const username = `u${newSuffix().slice(-12)}`;
    const actorId = `user:${newSuffix()}`;
    const apId = `${kit.federation.url}/users/${username}`;
    const { keys, ed25519, version } = kit.identity.addActor(actorId, apId);
    const owner = await newUser();
    const asset = { ...owner.newAsset(), username, ed25519 };
    await kit.federation.publish(assetEvent('registered', asset, 1));
    const user = { ...owner, apId, username, actorId };
    expect(await waitingOf(user)).toHaveLength(1);
    await kit.federation.publish(registeredEvent(actorId, username), keysEvent(actorId, username, keys, version));
    expect(await totalOf(user)).toBe(1);
  });

  it('is signed by the key that its owner has by then, which the actor document shows', async () => {
    const user = await newUser();
    await withoutIdentity(user, 1, async () => kit.federation.publish(assetEvent('registered', user.newAsset(), 1)));
    // No event tells of it.
    kit.identity.rotate(user.actorId);
    identityReturns();
    await eventually(async () => expect(await totalOf(user)).toBe(1));
    const [shown] = await outboxOf(user);
    const { publicKey } = (await send(user.apId)).json() as { publicKey: { id: string; publicKeyPem: string } };
    expect(publicKey.id).toBe(`${user.apId}#main-key-2`);
    expect(shown?.['signature']).toMatchObject({ creator: publicKey.id });
    expect(await verifyDocument(shown ?? {}, publicKey.publicKeyPem)).toBe(true);
  });

  it('that has no canonical form is published without one', async () => {
    const user = await newUser();
    const event = assetEvent('registered', user.newAsset(), 1);
    const activity = { ...event.data.activity, oddTerm: 'in no context' };
    await kit.federation.publish({ ...event, data: { ...event.data, activity } });
    expect(await outboxOf(user)).toEqual([activity]);
  });

  it('is no place in the outbox to read on from while it waits', async () => {
    const user = await newUser();
    await kit.federation.publish(assetEvent('registered', user.newAsset(), 1, new Date(Date.now() - 60_000)));
    const waiting = assetEvent('registered', user.newAsset(), 1);
    await withoutIdentity(user, 1, async () => kit.federation.publish(waiting));
    const from = `${user.apId}/outbox?page=true&max_id=${waiting.data.activity.id.split('/').at(-1)}`;
    expect((await send(from)).json()['orderedItems']).toEqual([]);
    identityReturns();
    await eventually(async () => expect((await send(from)).json()['orderedItems']).toHaveLength(1));
  });

  it('of a disabled account is published without one', async () => {
    const user = await newUser();
    kit.identity.ended.add(user.actorId);
    const event = assetEvent('registered', user.newAsset(), 1);
    await kit.federation.publish(event);
    expect(await outboxOf(user)).toEqual([event.data.activity]);
  });

  it('about an end is signed for a disabled account, too', async () => {
    const user = await newUser();
    const asset = user.newAsset();
    await kit.federation.publish(assetEvent('registered', asset, 1));
    kit.identity.ended.add(user.actorId);
    await kit.federation.publish(assetEvent('deleted', asset, 2));
    const [removed] = await outboxOf(user);
    expect(removed?.['type']).toBe('Delete');
    expect(await verifyDocument(removed ?? {}, rsaPem(user))).toBe(true);
  });

  it('is published and announced once by two replicas that sign it at the same time', async () => {
    const peer = await kit.startPeer();
    const user = await followedBy(peer);
    await kit.startFederation({ now });
    await withoutIdentity(user, 12, async () =>
      kit.federation.publish(...Array.from({ length: 12 }, () => assetEvent('registered', user.newAsset(), 1))),
    );
    identityReturns();
    await eventually(() => expect(claimsTo(peer)).toHaveLength(12));
    const events = `SELECT 1 FROM outbox WHERE type = 'activity-published' AND payload::jsonb ->> 'subject' IN (
      SELECT activity_id::text FROM publications WHERE ap_actor_id = $1)`;
    expect(await kit.sql(events, [user.apId])).toHaveLength(12);
    expect(new Set(claimsTo(peer).map(({ id }) => id)).size).toBe(12);
  });
});

/** What it takes to bring a document into canonical order, in ms: the median of some. */
async function canonicalMs(document: Json): Promise<number> {
  const took: number[] = [];
  for (let i = 0; i < 15; i += 1) {
    const began = performance.now();
    await bytesToSign(document, { creator: 'https://l2.example/users/a#main-key', created: '2026-01-10T12:00:00Z' });
    took.push(performance.now() - began);
  }
  return took.toSorted((a, b) => a - b)[7] ?? 0;
}

/** For how long nothing else could run at most during `work`, in ms. */
async function longestTurn(work: () => Promise<void>): Promise<number> {
  let [last, longest] = [performance.now(), 0];
  const timer = setInterval(() => {
    longest = Math.max(longest, performance.now() - last);
    last = performance.now();
  }, 1);
  await work().finally(() => clearInterval(timer));
  return longest;
}

describe('a backlog', () => {
  it('is signed in batches, and in each asset’s order', async () => {
    const peer = await kit.startPeer();
    const user = await followedBy(peer);
    const lives = Array.from({ length: 50 }, () => {
      const asset = user.newAsset();
      return [assetEvent('registered', asset, 1), assetEvent('deleted', asset, 2)] as const;
    });
    await withoutIdentity(user, 100, async () => kit.federation.publish(...lives.flat()));
    kit.identity.batches.length = 0;
    const oneMs = await canonicalMs(lives[0]?.[0].data.activity ?? {});
    const longest = await longestTurn(async () => {
      identityReturns();
      await eventually(async () => expect(await totalOf(user)).toBe(100));
    });
    // Said and not asserted, as machines are noisy: without pauses between them it would be 50 and more.
    process.stdout.write(`the longest turn took as long as ${(longest / oneMs).toFixed(0)} documents alone\n`);
    expect(Math.max(...kit.identity.batches)).toBeGreaterThan(10);
    await eventually(() => expect(claimsTo(peer)).toHaveLength(100));
    const came = claimsTo(peer).map(({ id }) => id);
    for (const life of lives) {
      const ids = life.map(({ data }) => data.activity.id);
      expect(came.filter((id) => ids.includes(String(id)))).toEqual(ids);
    }
  });
});

describe('what is erased while it waits to be signed', () => {
  it('is a tombstone, and nothing of it goes out but its Delete', async () => {
    const peer = await kit.startPeer();
    const user = await followedBy(peer);
    const asset = user.newAsset();
    const create = assetEvent('registered', asset, 1);
    const remove = assetEvent('deleted', asset, 2);
    await withoutIdentity(user, 1, async () => {
      await kit.federation.publish(create);
      await kit.federation.publish(erasedEvent(asset, [create, remove]));
    });
    const kept = await kit.sql('SELECT document FROM publications WHERE ap_actor_id = $1', [user.apId]);
    expect(JSON.stringify(kept)).not.toContain('video');
    identityReturns();
    await eventually(() => expect(claimsTo(peer).map(({ type }) => type)).toEqual(['Delete']));
    expect((await outboxOf(user)).map(({ type }) => type)).toEqual(['Delete', 'Tombstone']);
  });

  it('with the account is gone, and only the account’s own Delete goes out', async () => {
    const peer = await kit.startPeer();
    const user = await followedBy(peer);
    await withoutIdentity(user, 1, async () => kit.federation.publish(assetEvent('registered', user.newAsset(), 1)));
    await kit.federation.publish(deletedEvent(user.actorId, 2));
    await eventually(async () =>
      expect(await kit.sql('SELECT 1 FROM publications WHERE ap_actor_id = $1', [user.apId])).toEqual([]),
    );
    kit.identity.ended.add(user.actorId);
    identityReturns();
    await eventually(() => expect(claimsTo(peer).map(({ id }) => id)).toEqual([`${user.apId}#delete`]));
  });
});
