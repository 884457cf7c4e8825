import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { openDatabase } from '@artdag/database/federation';
import { createTestDatabase, quietLogger, startFakeAuth } from '@artdag/testing';
import { send } from '../testing/http-client.testing.ts';
import { useFederation } from '../testing/kit.testing.ts';
import type { RemotePeer } from '../testing/remote-peer.testing.ts';

const kit = useFederation({ createTestDatabase, startFakeAuth, quietLogger, openDatabase });
const inbox = () => `${kit.federation.url}/inbox`;
const like = (peer: RemotePeer) => peer.activity('alice', { type: 'Like', object: 'https://elsewhere.example/1' });
const repeat = (text: string, times: number) => text.repeat(times);

describe('a key that is not the actor’s', () => {
  const keyIds: [string, (peer: RemotePeer) => string][] = [
    ['file:', () => 'file:///etc/passwd'],
    ['data:', () => 'data:application/activity+json,{}'],
    ['a private address', () => 'http://10.0.0.1/key'],
    ['an IPv4-mapped loopback address', () => 'http://[::ffff:127.0.0.1]/key'],
    ['no URL', () => 'main-key'],
    ['another host', () => 'https://elsewhere.example/users/alice#main-key'],
  ];

  it.each(keyIds)('keyId with %s: 401, and nothing is fetched', async (_name, keyId) => {
    const peer = await kit.startPeer();
    const answer = await peer.post('alice', inbox(), like(peer), { tweak: { keyId: keyId(peer) } });
    expect(answer.status).toBe(401);
    expect(answer.json()).toMatchObject({ code: 'key_owner_mismatch' });
    expect(peer.fetches).toEqual([]);
  });

  it('of another actor of the same host: 401 key_owner_mismatch', async () => {
    const peer = await kit.startPeer();
    const tweak = { keyId: peer.keyId('mallory'), privateKey: peer.keyOf('mallory') };
    const answer = await peer.post('alice', inbox(), like(peer), { tweak });
    expect(answer.json()).toMatchObject({ code: 'key_owner_mismatch' });
    expect(answer.status).toBe(401);
  });

  it.each([
    ['whose document is another actor’s', { id: 'https://elsewhere.example/users/alice' }],
    ['without an inbox', { inbox: null }],
    ['whose inbox is no URL', { inbox: 'javascript:alert(1)' }],
    ['without a key', { publicKey: undefined }],
    ['with a NUL in its key', { publicKey: { id: 'https://a.example/k', publicKeyPem: 'a\u0000b' } }],
    [
      'with a list of garbage for keys',
      { publicKey: [null, 1, 'x', { id: 1 }, { id: 'https://a.example/k', publicKeyPem: 5 }] },
    ],
    [
      'with a key of somebody else',
      { publicKey: { id: 'https://a.example/k', owner: 'https://a.example/', publicKeyPem: 'x' } },
    ],
  ])('of an actor %s: 401 key_unavailable', async (_name, changes) => {
    const peer = await kit.startPeer();
    peer.documentChanges = changes;
    const answer = await peer.post('alice', inbox(), like(peer));
    expect(answer.json()).toMatchObject({ code: 'key_unavailable' });
    expect(answer.status).toBe(401);
  });

  it('with a PEM that is none: 401', async () => {
    const peer = await kit.startPeer();
    peer.documentChanges = {
      publicKey: { id: peer.keyId('alice'), owner: peer.actorUrl('alice'), publicKeyPem: 'nonsense' },
    };
    expect((await peer.post('alice', inbox(), like(peer))).status).toBe(401);
  });
});

describe('actor and ids', () => {
  const cases: [string, number, (peer: RemotePeer) => Record<string, unknown>][] = [
    ['actor is an array', 400, (peer) => ({ actor: [peer.actorUrl('alice')] })],
    ['actor is null', 400, () => ({ actor: null })],
    ['actor is no URL', 400, () => ({ actor: 'alice' })],
    ['actor is an object without id', 400, () => ({ actor: { type: 'Person' } })],
    ['actor is one of our own', 403, () => ({ actor: `${kit.federation.url}/users/giles` })],
    ['id is missing', 400, () => ({ id: undefined })],
    ['id is no URL', 400, () => ({ id: 'urn:uuid:1' })],
    ['id has a control character', 400, (peer) => ({ id: `${peer.url}/a\u0000b` })],
    ['id is an object', 400, (peer) => ({ id: { id: peer.url } })],
    ['id is longer than 1 KiB', 400, (peer) => ({ id: `${peer.url}/${repeat('a', 1025)}` })],
    ['id is on another host than the actor', 403, () => ({ id: 'https://elsewhere.example/activities/1' })],
  ];

  it.each(cases)('%s: %d, and nothing is fetched', async (_name, status, fields) => {
    const peer = await kit.startPeer();
    const answer = await peer.post('alice', inbox(), { ...like(peer), ...fields(peer) });
    expect(answer.status).toBe(status);
    expect(peer.fetches).toEqual([]);
  });

  it.each([
    ['no text', 1],
    ['empty', ''],
    ['a NUL', 'Follow\u0000'],
    ['half a surrogate pair', '\ud800'],
    ['very long', repeat('x', 10_000)],
  ])('a type that is %s: 202, ignored', async (_name, type) => {
    const peer = await kit.startPeer();
    expect((await peer.post('alice', inbox(), { ...like(peer), type })).status).toBe(202);
  });

  it('actor and id as long as they may be: 202', async () => {
    const peer = await kit.startPeer();
    const name = randomBytes(480).toString('hex');
    const id = `${peer.url}/${randomBytes(490).toString('hex')}`;
    expect((await peer.post(name, inbox(), { ...like(peer), id, actor: peer.actorUrl(name) })).status).toBe(202);
  });

  const notOwners: [string, (peer: RemotePeer) => Record<string, unknown>][] = [
    ['Delete of another actor of the same host', (peer) => ({ type: 'Delete', object: peer.actorUrl('victim') })],
    ['Delete of what is ours', () => ({ type: 'Delete', object: `${kit.federation.url}/objects/1` })],
    ['Update of something on another host', () => ({ type: 'Update', object: { id: 'https://elsewhere.example/1' } })],
    [
      'Update of what is attributed to another',
      (peer) => ({ type: 'Update', object: { id: `${peer.url}/1`, attributedTo: peer.actorUrl('victim') } }),
    ],
  ];

  it.each(notOwners)('%s: 403 not_owner', async (_name, fields) => {
    const peer = await kit.startPeer();
    await peer.post(
      'victim',
      inbox(),
      peer.activity('victim', { type: 'Like', object: 'https://elsewhere.example/1' }),
    );
    const answer = await peer.post('alice', inbox(), { ...like(peer), ...fields(peer) });
    expect(answer.json()).toMatchObject({ code: 'not_owner' });
    expect(answer.status).toBe(403);
  });
});

describe('a body that is not as it should be', () => {
  const bodies: [string, number, string | Buffer][] = [
    ['null', 400, 'null'],
    ['an array', 400, '[]'],
    ['a number', 400, '42'],
    ['a bare string', 400, '"Follow"'],
    ['nothing', 400, ''],
    ['broken JSON', 400, '{"type":'],
    ['two objects', 400, '{}{}'],
    ['JSON with a comment', 400, '{/**/}'],
    ['a byte order mark', 400, Buffer.from([0xef, 0xbb, 0xbf, 0x7b, 0x7d])],
    ['invalid UTF-8', 400, Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])],
    ['UTF-8 of a surrogate', 400, Buffer.from([0x7b, 0x22, 0xed, 0xa0, 0x80, 0x22, 0x3a, 0x31, 0x7d])],
    ['a member twice', 400, '{"type":"Like","type":"Follow"}'],
    ['__proto__', 400, '{"__proto__":{"actor":"x"}}'],
    ['nested 20,000 deep', 400, repeat('{"a":', 20_000) + '1' + repeat('}', 20_000)],
    ['nested 20,000 deep in arrays', 400, `{"a":${repeat('[', 20_000)}${repeat(']', 20_000)}}`],
    ['20,000 recipients', 400, JSON.stringify({ to: Array(20_000).fill('a') })],
    ['a flood of contexts', 400, JSON.stringify({ '@context': Array(10_000).fill('https://a.example/') })],
    ['over 256 KiB', 413, JSON.stringify({ a: repeat('x', 300_000) })],
    ['10 MiB', 413, Buffer.alloc(10 * 1024 * 1024, 0x20)],
  ];

  it.each(bodies)('%s: %d, signed or not, and nothing is fetched', async (_name, status, body) => {
    const peer = await kit.startPeer();
    expect((await peer.post('alice', inbox(), Buffer.from(body))).status).toBe(status);
    const headers: [string, string][] = [['content-type', 'application/activity+json']];
    expect((await send(inbox(), { method: 'POST', headers, body })).status).toBe(status);
    expect(peer.fetches).toEqual([]);
  });

  it('gzipped: taken within the limit, 413 when it inflates past it, 400 when it does not inflate', async () => {
    const peer = await kit.startPeer();
    const gzip = { tweak: { headers: { 'content-encoding': 'gzip' } } };
    expect((await peer.post('alice', inbox(), gzipSync(JSON.stringify(like(peer))), gzip)).status).toBe(202);
    expect((await peer.post('alice', inbox(), gzipSync(Buffer.alloc(64 * 1024 * 1024)), gzip)).status).toBe(413);
    expect((await peer.post('alice', inbox(), 'not gzip', gzip)).status).toBe(400);
    const odd = { tweak: { headers: { 'content-encoding': 'gzip, gzip' } } };
    expect((await peer.post('alice', inbox(), 'x', odd)).status).toBe(415);
  });

  it.each(['application/json', 'text/plain', 'application/activity+jsonx', ''])(
    'content type %j: 415',
    async (type) => {
      const peer = await kit.startPeer();
      expect(
        (await peer.post('alice', inbox(), like(peer), { tweak: { headers: { 'content-type': type } } })).status,
      ).toBe(415);
    },
  );

  it.each([
    'application/activity+json; charset=utf-8',
    'application/ld+json; profile="https://www.w3.org/ns/activitystreams"',
  ])('content type %s: 202', async (type) => {
    const peer = await kit.startPeer();
    expect(
      (await peer.post('alice', inbox(), like(peer), { tweak: { headers: { 'content-type': type } } })).status,
    ).toBe(202);
  });
});

describe('routing', () => {
  it.each(['GET', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'])('%s on an inbox: 405 with Allow', async (method) => {
    for (const path of ['/inbox', '/users/giles/inbox']) {
      const answer = await send(kit.federation.url + path, { method });
      expect([answer.status, answer.headers['allow']]).toEqual([405, 'POST']);
    }
  });

  it('a blocked host: 403 before anything is fetched', async () => {
    const peer = await kit.startPeer();
    await kit.sql('INSERT INTO blocked_hosts (host, reason) VALUES ($1, $2)', [new URL(peer.url).host, 'test']);
    const answer = await peer.post('alice', inbox(), like(peer));
    expect(answer.status).toBe(403);
    expect(answer.json()).toMatchObject({ code: 'host_blocked' });
    expect(peer.fetches).toEqual([]);
  });
});
