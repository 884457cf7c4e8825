import { describe, expect, it } from '@jest/globals';
import { openDatabase } from '@artdag/database/federation';
import { createTestDatabase, quietLogger, startFakeAuth } from '@artdag/testing';
import { useFederation } from '../testing/kit.testing.ts';
import type { RemotePeer } from '../testing/remote-peer.testing.ts';

const kit = useFederation({ createTestDatabase, startFakeAuth, quietLogger, openDatabase });

const like = (peer: RemotePeer) => peer.activity('alice', { type: 'Like', object: 'https://elsewhere.example/1' });
const post = async (peer: RemotePeer, o = {}): Promise<number> =>
  (await peer.post('alice', `${kit.federation.url}/inbox`, like(peer), o)).status;

describe('the keys of strangers', () => {
  it('are fetched once and kept', async () => {
    const peer = await kit.startPeer();
    for (let i = 0; i < 3; i += 1) expect(await post(peer)).toBe(202);
    expect(peer.fetches).toHaveLength(1);
  });

  it('are fetched once for many who come at the same moment', async () => {
    const peer = await kit.startPeer();
    expect(await Promise.all(Array.from({ length: 10 }, () => post(peer)))).toEqual(Array(10).fill(202));
    expect(peer.fetches).toHaveLength(1);
  });

  it.each(['main-key', 'key-2'])('are fetched again when rotated to %s, and then not for 5 minutes', async (name) => {
    const peer = await kit.startPeer();
    expect(await post(peer)).toBe(202);
    peer.rotateKey('alice', name);
    expect(await post(peer)).toBe(202);
    expect(peer.fetches).toHaveLength(2);
    peer.rotateKey('alice', name);
    for (let i = 0; i < 3; i += 1) expect(await post(peer)).toBe(401);
    expect(peer.fetches).toHaveLength(2);
  });

  it('are not fetched again for one bad signature after the other', async () => {
    const peer = await kit.startPeer();
    for (let i = 0; i < 4; i += 1) expect(await post(peer, { tweak: { privateKey: peer.keyOf('mallory') } })).toBe(401);
    expect(peer.fetches.length).toBeLessThanOrEqual(2);
    expect(await post(peer)).toBe(202);
  });

  it('cost one fetch, however many fragments somebody makes up', async () => {
    const peer = await kit.startPeer();
    for (let i = 0; i < 5; i += 1)
      expect(await post(peer, { tweak: { keyId: `${peer.actorUrl('alice')}#k${i}` } })).toBe(401);
    expect(peer.fetches.length).toBeLessThanOrEqual(2);
    expect(await post(peer)).toBe(202);
  });

  it('are not asked for again for 5 minutes after they could not be had', async () => {
    const peer = await kit.startPeer();
    peer.documentChanges = { publicKey: undefined };
    expect(await post(peer)).toBe(401);
    peer.documentChanges = {};
    expect(await post(peer)).toBe(401);
    expect(peer.fetches).toHaveLength(1);
  });

  it('are fetched anew after 24 hours', async () => {
    const peer = await kit.startPeer();
    let now = new Date();
    const { url } = await kit.startFederation({ now: () => now });
    const postThere = async (): Promise<number> =>
      (await peer.post('alice', `${url}/inbox`, like(peer), { tweak: { date: now } })).status;
    expect(await postThere()).toBe(202);
    expect(await postThere()).toBe(202);
    expect(peer.fetches).toHaveLength(1);
    now = new Date(now.getTime() + 24 * 3600_000);
    expect(await postThere()).toBe(202);
    expect(peer.fetches).toHaveLength(2);
  });
});
