import { openDatabase } from '@artdag/database/federation';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createTestDatabase, eventually, makeAssertionKit, quietLogger, startFakeAuth } from '@artdag/testing';
import { newSuffix } from '@artdag/service-kit';
import { assetEvent } from '../testing/events.testing.ts';
import { send } from '../testing/http-client.testing.ts';
import { useFederation } from '../testing/kit.testing.ts';
import type { RemotePeer } from '../testing/remote-peer.testing.ts';
import { coveringNames, normaliseHost } from './host-name.ts';

const kit = useFederation({ createTestDatabase, startFakeAuth, quietLogger, openDatabase });
const assertions = makeAssertionKit('federation');

async function operate(path: string, body: object, o: { as?: string; url?: string } = {}) {
  const headers: [string, string][] = [
    ['x-actor-assertion', assertions.service(o.as ?? 'admin')],
    ['content-type', 'application/json'],
  ];
  const url = `${o.url ?? kit.federation.url}/internal/admin/federation${path}`;
  const answer = await send(url, { method: 'POST', headers, body: JSON.stringify(body) });
  return { status: answer.status, body: answer.json() };
}

const newUser = () => kit.federation.addUser(`u${newSuffix().slice(-12)}`);
const like = (peer: RemotePeer) => peer.activity('alice', { type: 'Like', object: 'https://elsewhere.example/1' });
const knock = async (peer: RemotePeer, url = kit.federation.url) =>
  (await peer.post('alice', `${url}/inbox`, like(peer))).status;

afterEach(async () => {
  await kit.sql('DELETE FROM blocked_hosts');
  await kit.sql('DELETE FROM allowed_hosts');
});

describe('the name of a host', () => {
  it.each([
    ['Example.COM', 'example.com'],
    ['example.com.', 'example.com'],
    ['example.com.:8443', 'example.com:8443'],
    ['example.com:443', 'example.com'],
    ['bücher.example', 'xn--bcher-kva.example'],
    [' example.com ', 'example.com'],
    ['127.0.0.1:80', '127.0.0.1:80'],
    ['[::1]:8080', '[::1]:8080'],
    ['a_b.example', 'a_b.example'],
  ])('%s is kept as %s', (text, host) => {
    expect(normaliseHost(text)).toBe(host);
  });

  it.each([
    '',
    '*.example.com',
    'https://example.com',
    'example.com/users',
    'user@example.com',
    'a b.example',
    '.',
    'x'.repeat(300),
  ])('is not %s', (text) => {
    expect(normaliseHost(text)).toBeUndefined();
  });

  it('is covered by its domains, with and without its port; an address only by itself', () => {
    expect(coveringNames('a.b.example:8443')).toEqual(['a.b.example:8443', 'a.b.example', 'b.example', 'example']);
    expect(coveringNames('127.0.0.1:80')).toEqual(['127.0.0.1:80', '127.0.0.1']);
    expect(coveringNames('[::1]:80')).toEqual(['[::1]:80', '[::1]']);
  });
});

describe('a blocked host', () => {
  it('is refused, on whatever port, and taken again when it is unblocked', async () => {
    const peer = await kit.startPeer();
    expect(await knock(peer)).toBe(202);
    // Not by the command, which knows that this is our own address too.
    await kit.sql("INSERT INTO blocked_hosts (host) VALUES ('127.0.0.1')");
    await eventually(async () => expect(await knock(peer)).toBe(403));
    const fetched = peer.fetches.length;
    const answer = await peer.post(
      'mallory',
      `${kit.federation.url}/inbox`,
      peer.activity('mallory', { type: 'Like' }),
    );
    expect([answer.status, answer.json()['code'], peer.fetches.length]).toEqual([403, 'host_blocked', fetched]);
    expect(await operate('/unblock', { host: '127.0.0.1' })).toMatchObject({ status: 200 });
    await eventually(async () => expect(await knock(peer)).toBe(202));
  });

  it('loses its followers and what waits for it, gets nothing more, and neither comes back', async () => {
    const [peer, other] = [await kit.startPeer(), await kit.startPeer()];
    const user = await newUser();
    for (const each of [peer, other]) {
      await each.post('alice', `${user.apId}/inbox`, each.activity('alice', { type: 'Follow', object: user.apId }));
      await eventually(() => expect(each.received).toHaveLength(1));
    }
    peer.answers.set('/users/alice/inbox', 503);
    await kit.federation.publish(assetEvent('registered', user.newAsset(), 1));
    await eventually(() => expect([peer.received.length, other.received.length]).toEqual([2, 2]));
    await eventually(async () =>
      expect((await operate('/deliveries', { host: new URL(peer.url).host })).body['deliveries']).toHaveLength(1),
    );
    const { host } = new URL(peer.url);
    expect((await operate('/block', { host })).body).toMatchObject({ host, deliveries: 1, followers: 1, following: 0 });
    const followers = (await send(`${user.apId}/followers?page=1`)).json()['orderedItems'];
    expect(followers).toEqual([other.actorUrl('alice')]);
    await kit.federation.publish(assetEvent('registered', user.newAsset(), 1));
    await eventually(() => expect(other.received).toHaveLength(3));
    await operate('/unblock', { host });
    expect((await operate('/retry', { host })).body).toMatchObject({ revived: 0, hurried: 0 });
    expect(peer.received).toHaveLength(2);
  });

  it('gets nothing of what was queued after the block by somebody who had not heard of it', async () => {
    const peer = await kit.startPeer();
    const user = await newUser();
    const { host } = new URL(peer.url);
    await kit.sql('INSERT INTO blocked_hosts (host) VALUES ($1)', [host]);
    await kit.sql(
      `INSERT INTO followers (username, follower_ap_id, inbox, follow_activity_id) VALUES ($1, $2, $3, $2)`,
      [user.apId.split('/').at(-1), peer.actorUrl('bob'), `${peer.actorUrl('bob')}/inbox`],
    );
    await kit.federation.publish(assetEvent('registered', user.newAsset(), 1));
    await eventually(async () =>
      expect((await operate('/deliveries', { host, state: 'dropped' })).body['deliveries']).toMatchObject([
        { last_error: 'Its host is blocked.', attempts: 0 },
      ]),
    );
    expect(peer.received).toEqual([]);
  });

  it('has no effect any more by what was stored before the block', async () => {
    const [peer, user] = [await kit.startPeer(), await newUser()];
    expect(await knock(peer)).toBe(202);
    await kit.sql('INSERT INTO blocked_hosts (host) VALUES ($1)', [new URL(peer.url).host]);
    await eventually(async () => expect(await knock(peer)).toBe(403));
    const follow = peer.activity('alice', { type: 'Follow', object: user.apId });
    await kit.sql(
      `INSERT INTO inbox_log (ap_actor, activity_id, type, payload, payload_hash, queue_place)
       VALUES ($1, $2, 'Follow', $3, '', nextval('inbox_places'))`,
      [follow['actor'], follow.id, JSON.stringify(follow)],
    );
    await eventually(async () =>
      expect(await kit.sql('SELECT result FROM inbox_log WHERE activity_id = $1', [follow.id])).toEqual([
        { result: 'ignored' },
      ]),
    );
    expect((await send(`${user.apId}/followers?page=1`)).json()['orderedItems']).toEqual([]);
  });

  it.each([
    ['https://example.com/', 422, 'host_invalid'],
    ['*', 422, 'host_invalid'],
  ])('cannot be %s', async (host, status, code) => {
    expect(await operate('/block', { host })).toMatchObject({ status, body: { code } });
  });

  it('cannot be this server, or a domain that it is part of', async () => {
    const { host } = new URL(kit.federation.url);
    expect(await operate('/block', { host })).toMatchObject({ status: 409, body: { code: 'host_is_ours' } });
  });

  it('is listed, and can be unblocked once', async () => {
    await operate('/block', { host: 'Spam.Example', reason: 'spam' });
    await operate('/block', { host: 'spam.example' });
    expect((await operate('/rules', {})).body).toMatchObject({
      mode: 'open',
      blocked: [{ host: 'spam.example', reason: 'spam' }],
      allowed: [],
    });
    expect((await operate('/unblock', { host: 'spam.example' })).status).toBe(200);
    expect(await operate('/unblock', { host: 'spam.example' })).toMatchObject({
      status: 404,
      body: { code: 'rule_not_found' },
    });
  });
});

describe('with an allow-list', () => {
  it('only those on it are taken, and of those not the blocked ones', async () => {
    const peer = await kit.startPeer();
    const strict = await kit.startFederation({ federationMode: 'allow-list' });
    expect(await knock(peer, strict.url)).toBe(403);
    expect(await operate('/allow', { host: '127.0.0.1' }, { url: strict.url })).toMatchObject({
      body: { is_new: true },
    });
    await eventually(async () => expect(await knock(peer, strict.url)).toBe(202));
    const { host } = new URL(peer.url);
    await operate('/block', { host }, { url: strict.url });
    await eventually(async () => expect(await knock(peer, strict.url)).toBe(403));
    await operate('/unblock', { host }, { url: strict.url });
    await operate('/disallow', { host: '127.0.0.1' }, { url: strict.url });
    await eventually(async () => expect(await knock(peer, strict.url)).toBe(403));
  });
});

describe('what operators call', () => {
  it('is for admin only', async () => {
    for (const as of ['gateway', 'identity']) expect((await operate('/rules', {}, { as })).status).toBe(403);
    expect((await send(`${kit.federation.url}/internal/admin/federation/rules`, { method: 'POST' })).status).toBe(401);
  });

  it('shows a host that fails, and has what waits for it tried at once', async () => {
    const peer = await kit.startPeer();
    const user = await newUser();
    await peer.post('alice', `${user.apId}/inbox`, peer.activity('alice', { type: 'Follow', object: user.apId }));
    await eventually(() => expect(peer.received).toHaveLength(1));
    peer.answers.set('/users/alice/inbox', 500);
    await kit.federation.publish(assetEvent('registered', user.newAsset(), 1));
    const { host } = new URL(peer.url);
    await eventually(async () =>
      expect((await operate('/hosts', { host, troubled: true })).body['hosts']).toMatchObject([
        {
          host,
          waiting: 1,
          followers: 1,
          failures: 1,
          signature_scheme: 'draft-cavage',
          last_error: expect.any(String),
        },
      ]),
    );
    peer.answers.clear();
    const [waiting] = (await operate('/deliveries', { host })).body['deliveries'] as { id: string }[];
    expect((await operate('/retry', { id: waiting?.id })).body).toEqual({ revived: 0, hurried: 1, closed: true });
    await eventually(() => expect(peer.received).toHaveLength(3));
  });

  it('revives what was given up', async () => {
    const peer = await kit.startPeer();
    const user = await newUser();
    await peer.post('alice', `${user.apId}/inbox`, peer.activity('alice', { type: 'Follow', object: user.apId }));
    await eventually(() => expect(peer.received).toHaveLength(1));
    peer.answers.set('/users/alice/inbox', 422);
    await kit.federation.publish(assetEvent('registered', user.newAsset(), 1));
    const { host } = new URL(peer.url);
    await eventually(async () =>
      expect((await operate('/deliveries', { host, state: 'dead' })).body['deliveries']).toHaveLength(1),
    );
    peer.answers.clear();
    expect((await operate('/retry', { host })).body).toMatchObject({ revived: 1 });
    await eventually(() => expect(peer.received.filter(({ json }) => json['type'] === 'Create')).toHaveLength(2));
    expect(await operate('/retry', { id: 'dlv_nothing' })).toMatchObject({
      status: 404,
      body: { code: 'nothing_to_retry' },
    });
  });

  it.each([
    ['/hosts', { limit: 0 }],
    ['/deliveries', { state: 'odd' }],
    ['/retry', {}],
    ['/retry', { id: 'a', host: 'b' }],
    ['/block', {}],
  ])('says what is wrong with %s %j', async (path, body) => {
    expect((await operate(path, body)).status).toBe(422);
  });
});
