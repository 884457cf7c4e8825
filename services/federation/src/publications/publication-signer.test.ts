import { openDatabase } from '@artdag/database/federation';
import { verifyDocument } from '@artdag/ld-signatures';
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

  it('of a disabled account is published without one', async () => {
    const user = await newUser();
    kit.identity.ended.add(user.actorId);
    const event = assetEvent('registered', user.newAsset(), 1);
    await kit.federation.publish(event);
    expect(await outboxOf(user)).toEqual([event.data.activity]);
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

describe('what is erased while it waits to be signed', () => {
  it('is a tombstone, and nothing of it goes out but its Delete', async () => {
    const peer = await kit.startPeer();
    const user = await followedBy(peer);
    const asset = user.newAsset();
    const create = assetEvent('registered', asset, 1);
    const remove = assetEvent('deleted', asset, 2);
    await withoutIdentity(user, 1, async () => kit.federation.publish(create, erasedEvent(asset, [create, remove])));
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
