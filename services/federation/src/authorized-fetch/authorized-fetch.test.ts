import { describe, expect, it } from '@jest/globals';
import { openDatabase } from '@artdag/database/federation';
import { createTestDatabase, eventually, quietLogger, startFakeAuth } from '@artdag/testing';
import { deletedEvent } from '../testing/events.testing.ts';
import { send, type RawAnswer } from '../testing/http-client.testing.ts';
import { useFederation } from '../testing/kit.testing.ts';
import type { RemotePeer } from '../testing/remote-peer.testing.ts';
import type { Signing } from '../testing/sign.testing.ts';

const kit = useFederation({ createTestDatabase, startFakeAuth, quietLogger, openDatabase }, { authorizedFetch: true });

const get = (peer: RemotePeer, url: string, tweak: Partial<Signing> = {}): Promise<RawAnswer> => {
  const signed = peer.sign('reader', url, Buffer.alloc(0), { method: 'GET', ...tweak });
  const headers = Object.entries(signed).filter(([name]) => !name.endsWith('digest'));
  return send(url, { method: tweak.method ?? 'GET', headers });
};

let users = 0;
const addUser = () => kit.federation.addUser(`read${users++}`);
const parts = ['', '/outbox', '/outbox?page=true', '/followers', '/followers?page=1', '/following'];

describe('where readers have to sign', () => {
  it.each(parts)('who does not gets no /users/{u}%s, and is told what to sign', async (part) => {
    const user = await addUser();
    for (const method of ['GET', 'HEAD']) {
      const answer = await send(user.apId + part, { method });
      expect(answer.status).toBe(401);
      expect(answer.headers).toMatchObject({
        'accept-signature': 'sig1=("@method" "@target-uri");created',
        'cache-control': 'private, no-store',
        vary: 'Signature, Signature-Input, Accept',
      });
      expect(answer.text).not.toContain('publicKey');
    }
  });

  it.each(['draft-cavage', 'rfc9421'] as const)(
    'who signs by %s reads everything, which nobody may keep',
    async (scheme) => {
      const [user, peer] = [await addUser(), await kit.startPeer()];
      for (const part of parts) {
        for (const method of ['GET', 'HEAD']) {
          const answer = await get(peer, user.apId + part, { scheme, method });
          expect([part, method, answer.status]).toEqual([part, method, 200]);
          expect(answer.headers).toMatchObject({
            'cache-control': 'private, no-store',
            vary: 'Signature, Signature-Input, Accept',
          });
        }
      }
    },
  );

  it('a signature counts for its own URL and time, by its own key', async () => {
    const [user, other, peer] = [await addUser(), await addUser(), await kit.startPeer()];
    const headers = Object.entries(peer.sign('reader', other.apId, Buffer.alloc(0), { method: 'GET' }));
    expect((await send(user.apId, { headers })).status).toBe(401);
    expect((await get(peer, user.apId, { date: new Date(Date.now() - 400_000) })).status).toBe(401);
    expect((await get(peer, user.apId, { privateKey: peer.keyOf('mallory') })).status).toBe(401);
    expect((await get(peer, user.apId)).status).toBe(200);
  });

  it('a blocked host reads nothing, and is not asked for its key', async () => {
    const [user, peer] = [await addUser(), await kit.startPeer()];
    await kit.sql('INSERT INTO blocked_hosts (host) VALUES ($1)', [new URL(peer.url).host]);
    const answer = await get(peer, user.apId);
    expect([answer.status, answer.json()['code']]).toEqual([403, 'host_blocked']);
    expect(peer.fetches).toEqual([]);
  });

  it('a key of our own is not looked for, which would have us ask ourselves', async () => {
    const [user, peer] = [await addUser(), await kit.startPeer()];
    const answer = await get(peer, user.apId, { keyId: `${user.apId}#main-key` });
    expect([answer.status, answer.json()['code']]).toEqual([401, 'key_owner_mismatch']);
  });

  it('two servers that both ask for signatures find each other’s keys all the same', async () => {
    const [user, peer] = [await addUser(), await kit.startPeer()];
    peer.demands = { ofFetches: true };
    expect((await get(peer, user.apId)).status).toBe(200);
    expect(peer.fetches).toEqual(['/users/reader']);
  });

  it('what others have to find first stays open: the instance actor, WebFinger, NodeInfo, host-meta', async () => {
    const user = await addUser();
    const { url } = kit.federation;
    const { host } = new URL(url);
    const resource = encodeURIComponent(`acct:${user.apId.split('/').at(-1)}@${host}`);
    const open = ['/actor', '/actor/outbox', `/.well-known/webfinger?resource=${resource}`, '/.well-known/host-meta'];
    for (const path of [...open, '/.well-known/nodeinfo', '/nodeinfo/2.1']) {
      expect([path, (await send(url + path)).status]).toEqual([path, 200]);
    }
  });

  it.each(['likes', 'shares', 'replies'])(
    'who said something of a work is told by /objects/{hash}/%s to who signs',
    async (part) => {
      const url = `${kit.federation.url}/objects/${'0'.repeat(64)}/${part}`;
      expect((await send(url)).status).toBe(401);
      expect((await get(await kit.startPeer(), url)).status).not.toBe(401);
    },
  );

  it('a deleted account is seen to be gone by everybody', async () => {
    const user = await addUser();
    await kit.federation.publish(deletedEvent(user.actorId, 2));
    await eventually(async () => {
      const answer = await send(user.apId);
      expect([answer.status, answer.json()['type']]).toEqual([410, 'Tombstone']);
    });
    expect((await send(`${user.apId}/outbox`)).status).toBe(410);
  });

  it('whether an account exists is told only to who signs', async () => {
    const peer = await kit.startPeer();
    expect((await send(`${kit.federation.url}/users/nobody`)).status).toBe(401);
    expect((await get(peer, `${kit.federation.url}/users/nobody`)).status).toBe(404);
  });
});
