import { describe, expect, it } from '@jest/globals';
import { openDatabase } from '@artdag/database/federation';
import { createTestDatabase, quietLogger, startFakeAuth } from '@artdag/testing';
import { useFederation } from '../testing/kit.testing.ts';
import type { RemotePeer } from '../testing/remote-peer.testing.ts';

const kit = useFederation({ createTestDatabase, startFakeAuth, quietLogger, openDatabase });

/** Something signed by a user whom nobody has asked for yet. */
const post = async (peer: RemotePeer, name: string): Promise<number> => {
  const like = peer.activity(name, { type: 'Like', object: 'https://elsewhere.example/1' });
  return (await peer.post(name, `${kit.federation.url}/inbox`, like)).status;
};
const remembered = (peer: RemotePeer) =>
  kit.sql('SELECT signature_scheme FROM remote_hosts WHERE host = $1', [new URL(peer.url).host]);

describe('a stranger’s actor whose server answers only to signatures', () => {
  it('is fetched signed by the instance actor, by draft-cavage at first', async () => {
    const peer = await kit.startPeer();
    peer.demands = { ofFetches: true };
    expect(await post(peer, 'alice')).toBe(202);
    expect(peer.fetches).toEqual(['/users/alice']);
    expect(peer.signers).toEqual([`${kit.federation.url}/actor#main-key`]);
    expect(await remembered(peer)).toEqual([]);
  });

  it.each([400, 401, 403])('is asked for by RFC 9421 after a %d, and that is remembered', async (status) => {
    const peer = await kit.startPeer();
    peer.demands = { ofFetches: true, scheme: 'rfc9421', status };
    expect(await post(peer, 'alice')).toBe(202);
    expect(peer.fetches).toEqual(['/users/alice', '/users/alice']);
    expect(await remembered(peer)).toEqual([{ signature_scheme: 'rfc9421' }]);
    expect(await post(peer, 'bob')).toBe(202);
    expect(peer.fetches).toHaveLength(3);
  });

  it('is signed for as its Accept-Signature asks', async () => {
    const peer = await kit.startPeer();
    const acceptSignature = 'get=("@method" "@target-uri" "accept");created;expires;tag="read"';
    peer.demands = { ofFetches: true, acceptSignature, input: ';tag="read"' };
    expect(await post(peer, 'alice')).toBe(202);
  });

  it('is not believed when it answers neither', async () => {
    const peer = await kit.startPeer();
    peer.demands = { ofFetches: true, input: 'nobody sends this' };
    expect(await post(peer, 'alice')).toBe(401);
    expect(peer.fetches).toEqual(['/users/alice', '/users/alice']);
  });

  it('is fetched by the next key, when the instance’s was rotated just before', async () => {
    const peer = await kit.startPeer();
    peer.demands = { ofFetches: true };
    expect(await post(peer, 'alice')).toBe(202);
    kit.identity.rotate('service:instance');
    expect(await post(peer, 'bob')).toBe(202);
    expect(peer.signers.at(-1)).toBe(`${kit.federation.url}/actor#main-key-2`);
  });
});

describe('a fetch', () => {
  it('goes out unsigned while identity signs nothing', async () => {
    const peer = await kit.startPeer();
    kit.identity.down = true;
    try {
      expect(await post(peer, 'alice')).toBe(202);
      expect(peer.signers).toEqual([]);
    } finally {
      kit.identity.down = false;
    }
  });

  it('takes no redirect, to which its signature would not fit', async () => {
    const [peer, other] = [await kit.startPeer(), await kit.startPeer()];
    peer.demands = { ofFetches: true, status: 302, location: other.actorUrl('alice'), input: 'nobody sends this' };
    expect(await post(peer, 'alice')).toBe(401);
    expect([peer.fetches, other.fetches]).toEqual([['/users/alice'], []]);
  });
});
