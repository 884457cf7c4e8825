import { describe, expect, it } from '@jest/globals';
import { openDatabase } from '@artdag/database/federation';
import { createMemoryStore } from '@artdag/key-value';
import { createTestDatabase, eventually, quietLogger, startFakeAuth } from '@artdag/testing';
import { assetEvent } from './testing/events.testing.ts';
import { send } from './testing/http-client.testing.ts';
import { useFederation } from './testing/kit.testing.ts';

const store = createMemoryStore();
const kit = useFederation({ createTestDatabase, startFakeAuth, quietLogger, openDatabase }, { store });

describe('the service', () => {
  it('is ready, and only degraded without its store', async () => {
    const ready = async () => {
      const answer = await send(`${kit.federation.url}/readyz`);
      return [answer.status, answer.json()];
    };
    const all = { database: 'ok', store: 'ok', bus: 'ok', assertion_key: 'ok' };
    await eventually(async () =>
      expect(await ready()).toEqual([200, { status: 'ok', service: 'federation', checks: all }]),
    );
    const peer = await kit.startPeer();
    const user = await kit.federation.addUser('giles');
    await store.close();
    expect(await ready()).toEqual([
      200,
      { status: 'degraded', service: 'federation', checks: { ...all, store: 'failing' } },
    ]);

    // Strangers are still heard, and bad signatures still make no fetches.
    const inbox = `${user.apId}/inbox`;
    const like = () => peer.activity('alice', { type: 'Like', object: user.apId });
    expect((await peer.post('alice', inbox, like())).status).toBe(202);
    for (let i = 0; i < 3; i += 1) {
      expect((await peer.post('alice', inbox, like(), { tweak: { privateKey: peer.keyOf('mallory') } })).status).toBe(
        401,
      );
    }
    expect(peer.fetches).toHaveLength(1);
  });

  it('counts what it publishes, delivers and receives', async () => {
    const peer = await kit.startPeer();
    const user = await kit.federation.addUser('hana');
    await peer.post('alice', `${user.apId}/inbox`, peer.activity('alice', { type: 'Follow', object: user.apId }));
    const metrics = async (): Promise<string> => (await send(`${kit.federation.url}/metrics`)).text;
    await eventually(async () => expect(await metrics()).toMatch(/^inbox_processed_total\{effect="followed"\} 1$/m));
    await kit.federation.publish(assetEvent('registered', user.newAsset(), 1));
    await eventually(async () => {
      const text = await metrics();
      expect(text).toMatch(/^deliveries_total\{state="delivered"\} 2$/m);
      expect(text).toMatch(/^activities_published_total 1$/m);
      expect(text).toMatch(/^inbox_total\{result="queued"\} 2$/m);
      expect(text).toMatch(/^inbox_total\{result="signature_invalid"\} 3$/m);
      expect(text).toMatch(/^deliveries\{state="pending"\} \d+$/m);
    });
  });

  it('has no routes but its own', async () => {
    for (const path of ['/', '/internal/x', '/users/hana/nothing', '/actor/nothing', '/Users']) {
      const answer = await send(kit.federation.url + path);
      expect([answer.status, answer.json()['code']]).toEqual([404, 'not_found']);
    }
  });
});
