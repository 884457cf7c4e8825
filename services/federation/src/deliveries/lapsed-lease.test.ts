import { describe, expect, it } from '@jest/globals';
import { openDatabase } from '@artdag/database/federation';
import { createTestDatabase, eventually, quietLogger, startFakeAuth } from '@artdag/testing';
import { assetEvent } from '../testing/events.testing.ts';
import { useFederation } from '../testing/kit.testing.ts';

let offsetMs = 0;
const now = () => new Date(Date.now() + offsetMs);
const kit = useFederation({ createTestDatabase, startFakeAuth, quietLogger, openDatabase }, { now });

describe('a worker', () => {
  it('does not begin anew what it still has in hand itself when the lease ends', async () => {
    const peer = await kit.startPeer();
    const user = await kit.federation.addUser('willow');
    await peer.post('alice', `${user.apId}/inbox`, peer.activity('alice', { type: 'Follow', object: user.apId }));
    const accepts = () => kit.sql("SELECT 1 FROM deliveries WHERE kind = 'accept' AND state = 'pending'");
    await eventually(async () => expect([peer.received.length, await accepts()]).toEqual([1, []]));
    peer.received.length = 0;

    // A publication's own signature is asked for first, then that of its delivery.
    let asked = 0;
    let letGo: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (letGo = resolve));
    kit.identity.beforeSigning = async () => {
      asked += 1;
      if (asked === 2) await held;
    };
    await kit.federation.publish(assetEvent('registered', user.newAsset(), 1));
    await eventually(() => expect(asked).toBe(2));
    offsetMs += 46_000;
    await kit.federation.publish(assetEvent('registered', user.newAsset(), 1));
    await eventually(() => expect(peer.received.length).toBeGreaterThan(0));
    letGo();
    const waiting = () => kit.sql("SELECT 1 FROM deliveries WHERE state = 'pending' AND ap_actor_id = $1", [user.apId]);
    await eventually(async () => expect(await waiting()).toEqual([]));
    expect(peer.received).toHaveLength(2);
  });
});
