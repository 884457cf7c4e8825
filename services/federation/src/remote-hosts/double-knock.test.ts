import { beforeEach, describe, expect, it } from '@jest/globals';
import { openDatabase } from '@artdag/database/federation';
import { createTestDatabase, eventually, quietLogger, startFakeAuth } from '@artdag/testing';
import { schemeOf, type Demands } from '../testing/demands.testing.ts';
import { assetEvent, keysEvent } from '../testing/events.testing.ts';
import { useFederation } from '../testing/kit.testing.ts';
import type { RemotePeer } from '../testing/remote-peer.testing.ts';

const kit = useFederation({ createTestDatabase, startFakeAuth, quietLogger, openDatabase });

type User = Awaited<ReturnType<typeof kit.federation.addUser>> & { username: string };

let users = 0;
/** A user whom somebody of the peer follows, the Accept received and forgotten. */
async function followed(peer: RemotePeer): Promise<User> {
  const username = `user${users++}`;
  const user = { ...(await kit.federation.addUser(username)), username };
  const follow = peer.activity('alice', { type: 'Follow', object: user.apId });
  expect((await peer.post('alice', `${user.apId}/inbox`, follow)).status).toBe(202);
  await eventually(async () => expect(await jobsOf(user, 'accept')).toMatchObject([{ state: 'delivered' }]));
  peer.received.length = 0;
  return user;
}

const claim = (user: User) => kit.federation.publish(assetEvent('registered', user.newAsset(), 1));
const jobsOf = (user: User, kind = 'activity') =>
  kit.sql(
    'SELECT state, attempts, last_error FROM deliveries WHERE ap_actor_id = $1 AND kind = $2 ORDER BY created_at',
    [user.apId, kind],
  );
const settled = (user: User, ...states: string[]) =>
  eventually(async () => expect((await jobsOf(user)).map(({ state }) => state)).toEqual(states));
/** Of keys that were changed, followers are told too. */
const claimsOf = (peer: RemotePeer) => peer.received.filter(({ json }) => json['type'] === 'Create');
const schemesOf = (peer: RemotePeer) => peer.received.map(({ headers }) => schemeOf(headers));
const remembered = async (peer: RemotePeer) =>
  (await kit.sql('SELECT signature_scheme FROM remote_hosts WHERE host = $1', [new URL(peer.url).host])).map(
    (row) => row['signature_scheme'],
  );

describe('a delivery', () => {
  it('is signed by draft-cavage, once, for a host that takes it', async () => {
    const peer = await kit.startPeer();
    const user = await followed(peer);
    await claim(user);
    await settled(user, 'delivered');
    expect(schemesOf(peer)).toEqual(['draft-cavage']);
    expect(await remembered(peer)).toEqual(['draft-cavage']);
  });

  it.each([400, 401, 403])(
    'answered %d is sent once more by RFC 9421, and the next one so at first',
    async (status) => {
      const peer = await kit.startPeer();
      const user = await followed(peer);
      peer.demands = { scheme: 'rfc9421', status };
      await claim(user);
      await settled(user, 'delivered');
      expect(schemesOf(peer)).toEqual(['draft-cavage', 'rfc9421']);
      expect(peer.received[1]?.body).toEqual(peer.received[0]?.body);
      expect(await jobsOf(user)).toMatchObject([{ attempts: 1 }]);
      expect(await remembered(peer)).toEqual(['rfc9421']);
      await claim(user);
      await settled(user, 'delivered', 'delivered');
      expect(schemesOf(peer)).toEqual(['draft-cavage', 'rfc9421', 'rfc9421']);
    },
  );

  it('goes back to draft-cavage when a host has', async () => {
    const peer = await kit.startPeer();
    const user = await followed(peer);
    peer.demands = { scheme: 'rfc9421' };
    await claim(user);
    await settled(user, 'delivered');
    peer.demands = { scheme: 'draft-cavage' };
    await claim(user);
    await settled(user, 'delivered', 'delivered');
    expect(schemesOf(peer)).toEqual(['draft-cavage', 'rfc9421', 'rfc9421', 'draft-cavage']);
    expect(await remembered(peer)).toEqual(['draft-cavage']);
  });

  it('is signed at first as the host last believed another process', async () => {
    const peer = await kit.startPeer();
    const { host } = new URL(peer.url);
    await kit.sql("INSERT INTO remote_hosts (host, signature_scheme, seen_at) VALUES ($1, 'rfc9421', now())", [host]);
    const user = await followed(peer);
    await claim(user);
    await settled(user, 'delivered');
    expect(schemesOf(peer)).toEqual(['rfc9421']);
  });

  it('that is refused in both schemes is dead after two requests, and says both answers', async () => {
    const peer = await kit.startPeer();
    const user = await followed(peer);
    const statuses = [401, 400];
    peer.answers.set('/users/alice/inbox', () => statuses.shift() ?? 500);
    await claim(user);
    await settled(user, 'dead');
    expect(schemesOf(peer)).toEqual(['draft-cavage', 'rfc9421']);
    expect(await jobsOf(user)).toMatchObject([{ attempts: 1, last_error: expect.stringMatching(/401.*400/) }]);
  });

  it.each([302, 404, 410, 422, 429, 500, 503])('answered %d is not sent by another scheme', async (status) => {
    const peer = await kit.startPeer();
    const user = await followed(peer);
    peer.answers.set('/users/alice/inbox', status);
    await claim(user);
    await eventually(async () => expect((await jobsOf(user))[0]?.['last_error']).toEqual(expect.any(String)));
    expect(schemesOf(peer)).toEqual(['draft-cavage']);
  });

  it('is not sent by another scheme to a host that hangs up', async () => {
    const peer = await kit.startPeer();
    const user = await followed(peer);
    peer.answers.set('/users/alice/inbox', 'hang');
    await claim(user);
    await eventually(() => expect(peer.received).toHaveLength(1));
    peer.hangUp();
    await eventually(async () => expect(await jobsOf(user)).toMatchObject([{ state: 'pending', attempts: 1 }]));
    expect(schemesOf(peer)).toEqual(['draft-cavage']);
  });
});

describe('an Accept-Signature', () => {
  const input = ';nonce="n-1";tag="inbox"';
  const demands: Demands = {
    acceptSignature: 'ask=("@method" "@authority" "@path" "date" "content-digest");created;nonce="n-1";tag="inbox"',
    input,
  };
  const asked = (peer: RemotePeer) => peer.received.at(-1)?.headers['signature-input'] ?? '';

  it('in a refusal decides what the second signature is like', async () => {
    const peer = await kit.startPeer();
    const user = await followed(peer);
    peer.demands = demands;
    await claim(user);
    await settled(user, 'delivered');
    expect(schemesOf(peer)).toEqual(['draft-cavage', 'rfc9421']);
    expect(asked(peer)).toMatch(/^ask=\("@method" "@authority" "@path" "date" "content-digest"/);
  });

  it('is met also where RFC 9421 was the first try', async () => {
    const peer = await kit.startPeer();
    const user = await followed(peer);
    peer.demands = { scheme: 'rfc9421' };
    await claim(user);
    await settled(user, 'delivered');
    peer.demands = demands;
    await claim(user);
    await settled(user, 'delivered', 'delivered');
    expect(schemesOf(peer)).toEqual(['draft-cavage', 'rfc9421', 'rfc9421', 'rfc9421']);
    expect(asked(peer)).toContain(input);
  });

  it.each(['sig1=("x-secret");created', 'sig1=("@method");alg="ecdsa-p256-sha256"', '(((', 'sig1=("@method");created'])(
    'that cannot be met, or asks for nothing new, leaves it at the other scheme: %s',
    async (acceptSignature) => {
      const peer = await kit.startPeer();
      const user = await followed(peer);
      peer.demands = { scheme: 'rfc9421', acceptSignature };
      await claim(user);
      await settled(user, 'delivered');
      peer.demands = { scheme: 'draft-cavage', acceptSignature };
      await claim(user);
      await settled(user, 'delivered', 'delivered');
      expect(schemesOf(peer)).toEqual(['draft-cavage', 'rfc9421', 'rfc9421', 'draft-cavage']);
    },
  );
});

describe('a key that is changed between two knocks', () => {
  it('makes the second knock by the next key', async () => {
    const peer = await kit.startPeer();
    const user = await followed(peer);
    peer.demands = { scheme: 'rfc9421' };
    // Identity has other keys, the document does not show them yet.
    kit.identity.rotate(user.actorId);
    await claim(user);
    await settled(user, 'delivered');
    // An Update tells of the keys that have ended; whichever of the two comes first makes the first knock in vain.
    await eventually(async () => expect(await jobsOf(user, 'update')).toMatchObject([{ state: 'delivered' }]));
    const keys = peer.received.map(({ headers }) => /main-key[-0-9]*/.exec(JSON.stringify(headers))?.[0]);
    expect(keys.slice(0, 3)).toEqual(['main-key-2', 'main-key-2', 'main-key-2']);
    expect(schemeOf(claimsOf(peer).at(-1)?.headers ?? {})).toBe('rfc9421');
    expect(await jobsOf(user)).toMatchObject([{ attempts: 1 }]);
  });

  it('has both knocks made again when both were refused', async () => {
    const peer = await kit.startPeer();
    const user = await followed(peer);
    const statuses = [401, 400];
    peer.answers.set('/users/alice/inbox', () => {
      const status = statuses.shift() ?? 202;
      // As one that finds the next key in the document, and not the one that signed.
      if (status === 400) void tell(user);
      return status;
    });
    await claim(user);
    await settled(user, 'delivered');
    expect(claimsOf(peer)).toHaveLength(3);
  });

  const tell = (user: User) => {
    const { keys, version } = kit.identity.rotate(user.actorId);
    return kit.federation.publish(keysEvent(user.actorId, user.username, keys, version));
  };
});

describe('what is remembered of hosts', () => {
  beforeEach(() => kit.sql('DELETE FROM remote_hosts'));

  it('goes after 90 days, and beyond 100,000 hosts from the one seen longest ago', async () => {
    await kit.sql(`INSERT INTO remote_hosts (host, signature_scheme, seen_at)
      SELECT n || '.example', 'rfc9421', now() - n * interval '1 second' FROM generate_series(1, 100020) AS n`);
    await kit.sql(
      "INSERT INTO remote_hosts (host, signature_scheme, seen_at) VALUES ('old.example', 'rfc9421', now() - interval '91 days')",
    );
    await kit.startFederation();
    await eventually(async () => {
      const rows = await kit.sql(
        `SELECT count(*)::int AS count, bool_or(host = 'old.example') AS old, bool_or(host = '100001.example') AS surplus,
           bool_or(host = '100000.example') AS last FROM remote_hosts`,
      );
      expect(rows).toEqual([{ count: 100_000, old: false, surplus: false, last: true }]);
    });
  });

  it('costs a host that is written to again and again one row, written once a day', async () => {
    const peer = await kit.startPeer();
    const user = await followed(peer);
    const row = () => kit.sql('SELECT seen_at, xmin::text FROM remote_hosts');
    const first = await row();
    expect(first).toHaveLength(1);
    for (let i = 0; i < 3; i += 1) await claim(user);
    await settled(user, 'delivered', 'delivered', 'delivered');
    expect(await row()).toEqual(first);
  });
});
