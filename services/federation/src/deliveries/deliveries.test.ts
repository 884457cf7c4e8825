import { describe, expect, it } from '@jest/globals';
import { openDatabase } from '@artdag/database/federation';
import { verifyRequest } from '@artdag/http-signatures';
import { createTestDatabase, eventually, quietLogger, startFakeAuth } from '@artdag/testing';
import { claimText } from '../testing/claim-text.testing.ts';
import { assetEvent, keysEvent } from '../testing/events.testing.ts';
import { send } from '../testing/http-client.testing.ts';
import { useFederation } from '../testing/kit.testing.ts';
import type { Arrival, RemotePeer } from '../testing/remote-peer.testing.ts';

/** The clock of the service; tests put it forward instead of waiting for hours. */
let offsetMs = 0;
const now = () => new Date(Date.now() + offsetMs);
const kit = useFederation({ createTestDatabase, startFakeAuth, quietLogger, openDatabase }, { now });
const HOUR = 3_600_000;

type User = Awaited<ReturnType<typeof kit.federation.addUser>>;

let users = 0;
/** A user with followers of a peer, their Accepts received and forgotten. */
async function followed(peer: RemotePeer, ...names: string[]): Promise<User> {
  const user = await kit.federation.addUser(`user${users++}`);
  for (const name of names) {
    const follow = peer.activity(name, { type: 'Follow', object: user.apId });
    const answer = await peer.post(name, `${user.apId}/inbox`, follow, { tweak: { date: now() } });
    expect(answer.status).toBe(202);
  }
  await eventually(() => expect(peer.received).toHaveLength(names.length));
  peer.received.length = 0;
  return user;
}

const jobsOf = (user: User) =>
  kit.sql(
    `SELECT inbox, state, attempts, last_error, extract(epoch FROM next_at)::float8 * 1000 AS next_at FROM deliveries
     WHERE ap_actor_id = $1 AND kind = 'activity' ORDER BY created_at, id`,
    [user.apId],
  );
const followersOf = async (user: User) => (await send(`${user.apId}/followers?page=1`)).json()['orderedItems'];
const typesOf = (arrivals: Arrival[]) => arrivals.map(({ json }) => json['type']);

describe('a claim', () => {
  it('reaches each follower’s inbox, as signed, by the owner’s key', async () => {
    const peer = await kit.startPeer();
    const user = await followed(peer, 'alice', 'bob');
    const event = assetEvent('registered', user.newAsset(), 1);
    await kit.federation.publish(event);
    await eventually(() => expect(peer.received).toHaveLength(2));
    expect(peer.received.map(({ path }) => path).toSorted()).toEqual(['/users/alice/inbox', '/users/bob/inbox']);
    const { publicKeyPem } = (await send(user.apId)).json()['publicKey'] as { publicKeyPem: string };
    for (const arrival of peer.received) {
      expect(claimText(arrival.body.toString())).toBe(JSON.stringify(event.data.activity));
      const { keyId } = await verifyRequest({
        ...{ method: 'POST', originalUrl: arrival.path, now: now() },
        ...{ headers: arrival.headers, rawHeaders: arrival.rawHeaders, body: arrival.body },
        key: async () => ({ publicKeyPem, owner: user.apId }),
      });
      expect(keyId).toBe(`${user.apId}#main-key`);
    }
    await eventually(async () => {
      const jobs = await jobsOf(user);
      expect(jobs).toMatchObject([
        { state: 'delivered', attempts: 1 },
        { state: 'delivered', attempts: 1 },
      ]);
    });
  });

  it('goes once to an inbox that followers share', async () => {
    const peer = await kit.startPeer({ sharedInbox: true });
    const user = await followed(peer, 'alice', 'bob', 'carol');
    await kit.federation.publish(assetEvent('registered', user.newAsset(), 1));
    await eventually(async () => expect(await jobsOf(user)).toMatchObject([{ state: 'delivered' }]));
    expect(peer.received.map(({ path }) => path)).toEqual(['/inbox']);
  });

  it('is announced once it was delivered, with the inboxes that have it', async () => {
    const peer = await kit.startPeer();
    const names = ['alice', 'bob', 'carol'];
    const user = await followed(peer, ...names);
    const event = assetEvent('registered', user.newAsset(), 1);
    const activityId = event.data.activity.id.split('/').at(-1);
    await kit.federation.publish(event);
    const told = `
      SELECT inbox FROM outbox o, jsonb_array_elements_text(o.payload::jsonb -> 'data' -> 'inboxes') AS inbox
      WHERE o.type = 'activity-delivered' AND o.payload::jsonb ->> 'subject' = $1 ORDER BY inbox`;
    const wanted = names.map((name) => ({ inbox: `${peer.url}/users/${name}/inbox` }));
    await eventually(async () => expect(await kit.sql(told, [activityId])).toEqual(wanted));
    const published = `SELECT 1 FROM outbox WHERE type = 'activity-published' AND payload::jsonb ->> 'subject' = $1`;
    expect(await kit.sql(published, [activityId])).toHaveLength(1);
  });

  it('comes before its Update and its Delete, also when it is late', async () => {
    const peer = await kit.startPeer();
    const user = await followed(peer, 'alice');
    peer.answers.set('/users/alice/inbox', 503);
    const asset = user.newAsset();
    const events = [
      assetEvent('registered', asset, 1),
      assetEvent('updated', asset, 2),
      assetEvent('deleted', asset, 3),
    ];
    await kit.federation.publish(...events, assetEvent('registered', user.newAsset(), 1));
    await eventually(async () =>
      expect((await jobsOf(user)).map(({ attempts }) => attempts).toSorted()).toEqual([0, 0, 1, 1]),
    );
    peer.received.length = 0;
    peer.answers.clear();
    offsetMs += 2 * 60_000;
    await eventually(() => expect(peer.received).toHaveLength(4));
    const ofAsset = peer.received.filter(({ json }) => events.some(({ data }) => data.activity.id === json['id']));
    expect(typesOf(ofAsset)).toEqual(['Create', 'Update', 'Delete']);
  });
});

describe('an inbox that does not take it', () => {
  it('with 503 is tried again after 1 m, 5 m, 30 m, 2 h, 12 h, 24 h, under the same id, then no more', async () => {
    const peer = await kit.startPeer();
    const user = await followed(peer, 'alice');
    peer.answers.set('/users/alice/inbox', 503);
    await kit.federation.publish(assetEvent('registered', user.newAsset(), 1));
    const pauses = [60_000, 300_000, 1_800_000, 2 * HOUR, 12 * HOUR, 24 * HOUR];
    for (const [i, pause] of pauses.entries()) {
      const [job] = await eventually(async () => {
        const jobs = await jobsOf(user);
        expect(jobs).toMatchObject([{ state: 'pending', attempts: i + 1, last_error: 'The inbox answered 503.' }]);
        return jobs;
      });
      const waitMs = Number(job?.['next_at']) - now().getTime();
      expect(waitMs).toBeGreaterThan(pause * 0.75 - 20_000);
      expect(waitMs).toBeLessThan(pause * 1.25 + 1000);
      offsetMs += waitMs + 1000;
    }
    await eventually(async () => expect(await jobsOf(user)).toMatchObject([{ state: 'dead', attempts: 7 }]));
    expect(peer.received).toHaveLength(7);
    expect(new Set(peer.received.map(({ json }) => json['id'])).size).toBe(1);
  });

  it('with another 4xx is not tried again', async () => {
    const peer = await kit.startPeer();
    const user = await followed(peer, 'alice');
    peer.answers.set('/users/alice/inbox', 422);
    await kit.federation.publish(assetEvent('registered', user.newAsset(), 1));
    await eventually(async () =>
      expect(await jobsOf(user)).toMatchObject([{ state: 'dead', attempts: 1, last_error: 'The inbox answered 422.' }]),
    );
    expect(await followersOf(user)).toEqual([peer.actorUrl('alice')]);
  });

  it('with a redirect is not followed', async () => {
    const peer = await kit.startPeer();
    const user = await followed(peer, 'alice');
    peer.answers.set('/users/alice/inbox', 307);
    await kit.federation.publish(assetEvent('registered', user.newAsset(), 1));
    await eventually(async () => expect(await jobsOf(user)).toMatchObject([{ state: 'pending', attempts: 1 }]));
    expect(peer.received).toHaveLength(1);
  });

  it.each([410, 404])('with %d loses its follower, and all that waits for it', async (status) => {
    const peer = await kit.startPeer();
    const user = await followed(peer, 'alice', 'bob');
    peer.answers.set('/users/alice/inbox', status);
    const asset = user.newAsset();
    await kit.federation.publish(assetEvent('registered', asset, 1), assetEvent('updated', asset, 2));
    await eventually(async () => expect(await followersOf(user)).toEqual([peer.actorUrl('bob')]));
    const statesOf = async (name: string) =>
      (await jobsOf(user)).filter(({ inbox }) => String(inbox).includes(name)).map(({ state }) => state);
    await eventually(async () => expect(await statesOf('bob')).toEqual(['delivered', 'delivered']));
    await eventually(async () => expect(new Set(await statesOf('alice'))).toEqual(new Set(['dropped'])));
    const left = await kit.sql("SELECT payload FROM outbox WHERE type = 'follower-removed' AND payload LIKE $1", [
      `%${peer.actorUrl('alice')}%`,
    ]);
    expect(left).toHaveLength(1);
  });

  it('that was shared and is gone is replaced by the followers’ own', async () => {
    const peer = await kit.startPeer({ sharedInbox: true });
    const user = await followed(peer, 'alice', 'bob');
    peer.answers.set('/inbox', 410).set('/users/bob/inbox', 410);
    await kit.federation.publish(assetEvent('registered', user.newAsset(), 1));
    await eventually(async () => expect(await followersOf(user)).toEqual([peer.actorUrl('alice')]));
    await eventually(() => expect(peer.received.map(({ path }) => path)).toContain('/users/alice/inbox'));
  });

  it('because its address may not be called is given up at once', async () => {
    const user = await kit.federation.addUser(`user${users++}`);
    await kit.sql(
      `INSERT INTO followers (username, follower_ap_id, inbox, follow_activity_id)
       VALUES ($1, 'http://10.0.0.1/a', 'http://10.0.0.1/inbox', 'x')`,
      [user.apId.split('/').at(-1)],
    );
    await kit.federation.publish(assetEvent('registered', user.newAsset(), 1));
    await eventually(async () => expect(await jobsOf(user)).toMatchObject([{ state: 'dead', attempts: 1 }]));
  });
});

describe('identity', () => {
  it('away: deliveries wait, and none counts as failed', async () => {
    const peer = await kit.startPeer();
    const user = await kit.federation.addUser('waiting');
    const accepts = () =>
      kit.sql('SELECT state, attempts, last_error FROM deliveries WHERE ap_actor_id = $1', [user.apId]);
    kit.identity.down = true;
    const follow = peer.activity('alice', { type: 'Follow', object: user.apId });
    await peer.post('alice', `${user.apId}/inbox`, follow, { tweak: { date: now() } });
    await eventually(async () =>
      expect(await accepts()).toMatchObject([
        { state: 'pending', attempts: 0, last_error: expect.stringContaining('503') },
      ]),
    );
    kit.identity.down = false;
    offsetMs += 10_000;
    await eventually(async () => expect(await accepts()).toMatchObject([{ state: 'delivered', attempts: 1 }]));
  });

  it('with a new key of which no event has told yet: signed again with that one', async () => {
    const peer = await kit.startPeer();
    const user = await followed(peer, 'alice');
    const { keys } = kit.identity.addActor(user.actorId, user.apId);
    await kit.federation.publish(assetEvent('registered', user.newAsset(), 1));
    await eventually(() => expect(peer.received).toHaveLength(1));
    expect(peer.received[0]?.headers['signature']).toContain(`keyId="${user.apId}#main-key-2"`);
    await kit.federation.publish(keysEvent(user.actorId, user.apId.split('/').at(-1) ?? '', keys, 2));
  });

  it('signs in batches', async () => {
    const peer = await kit.startPeer();
    const user = await followed(peer, 'alice', 'bob', 'carol', 'dan');
    // A host gets several at once if it is known to be prompt, which this one may not have been on a busy machine, and has nothing in hand.
    await eventually(async () => {
      const accepts = await kit.sql("SELECT 1 FROM deliveries WHERE ap_actor_id = $1 AND state = 'delivered'", [
        user.apId,
      ]);
      expect(accepts).toHaveLength(4);
    });
    await kit.sql('UPDATE remote_hosts SET latency_ms = 1 WHERE host = $1', [new URL(peer.url).host]);
    kit.identity.batches.length = 0;
    await kit.federation.publish(assetEvent('registered', user.newAsset(), 1));
    await eventually(() => expect(peer.received).toHaveLength(4));
    // The claim's own, then its deliveries'.
    const [claim, ...deliveries] = kit.identity.batches;
    expect(claim).toBe(1);
    expect(deliveries.reduce((sum, n) => sum + n, 0)).toBe(4);
    expect(deliveries.length).toBeLessThan(4);
  });
});

describe('fairness', () => {
  it('a host that never answers holds up no other', async () => {
    const [slow, good] = [await kit.startPeer(), await kit.startPeer()];
    const slowNames = Array.from({ length: 30 }, (_, i) => `s${i}`);
    const user = await followed(slow, 'alice');
    await kit.sql(
      `INSERT INTO followers (username, follower_ap_id, inbox, follow_activity_id)
       SELECT $1, $2 || n, $2 || n || '/inbox', $2 || n FROM unnest($3::text[]) AS n`,
      [user.apId.split('/').at(-1), `${slow.url}/users/`, slowNames],
    );
    for (const name of ['alice', ...slowNames]) slow.answers.set(`/users/${name}/inbox`, 'hang');
    const follow = good.activity('bob', { type: 'Follow', object: user.apId });
    await good.post('bob', `${user.apId}/inbox`, follow, { tweak: { date: now() } });
    await eventually(() => expect(good.received).toHaveLength(1));

    for (let i = 0; i < 3; i += 1) {
      await kit.federation.publish(assetEvent('registered', user.newAsset(), 1));
      await eventually(() => expect(good.received).toHaveLength(i + 2));
      // Eight at once, and no more, wait for the slow one: nobody waits until they have given up.
      expect(slow.received.length).toBeLessThanOrEqual(8);
    }
    await eventually(() => expect(slow.received.length).toBeGreaterThanOrEqual(8));
  });
});
