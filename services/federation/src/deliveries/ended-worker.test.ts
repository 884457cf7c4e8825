import { describe, expect, it } from '@jest/globals';
import { openDatabase } from '@artdag/database/federation';
import { createTestDatabase, eventually, quietLogger, startFakeAuth } from '@artdag/testing';
import { assetEvent } from '../testing/events.testing.ts';
import { useFederation } from '../testing/kit.testing.ts';
import { PROMPT_MS } from './claim-deliveries.ts';

let offsetMs = 0;
const now = () => new Date(Date.now() + offsetMs);
const kit = useFederation({ createTestDatabase, startFakeAuth, quietLogger, openDatabase }, { now });

const jobs = () =>
  kit.sql(
    "SELECT state, attempts, claimed_until IS NOT NULL AS claimed FROM deliveries WHERE kind = 'activity' ORDER BY created_at",
  );

describe('a worker', () => {
  it('that is stopped gives back what it has in hand, untried; one that hangs loses it when its lease ends', async () => {
    const peer = await kit.startPeer();
    const user = await kit.federation.addUser('giles');
    await peer.post('alice', `${user.apId}/inbox`, peer.activity('alice', { type: 'Follow', object: user.apId }));
    await eventually(() => expect(peer.received).toHaveLength(1));
    peer.received.length = 0;

    peer.answers.set('/users/alice/inbox', 'hang');
    await kit.federation.publish(assetEvent('registered', user.newAsset(), 1));
    await eventually(() => expect(peer.received).toHaveLength(1));
    expect(await jobs()).toEqual([{ state: 'pending', attempts: 0, claimed: true }]);
    await kit.federation.close();
    expect(await jobs()).toEqual([{ state: 'pending', attempts: 0, claimed: false }]);

    const second = await kit.startFederation({ now });
    await eventually(() => expect(peer.received).toHaveLength(2));
    const third = await kit.startFederation({ now });
    // Until then the second one may renew its own lease, as to a host that answers promptly.
    await new Promise((resolve) => setTimeout(resolve, PROMPT_MS + 200));
    peer.answers.clear();
    offsetMs += 46_000;
    await eventually(() => expect(peer.received).toHaveLength(3));
    await eventually(async () => expect(await jobs()).toEqual([{ state: 'delivered', attempts: 1, claimed: false }]));
    expect(new Set(peer.received.map(({ body }) => body.toString())).size).toBe(1);

    // The second hears at last that its request came to nothing, and leaves the row alone.
    peer.hangUp();
    await Promise.all([second.close(), third.close()]);
    expect(await jobs()).toEqual([{ state: 'delivered', attempts: 1, claimed: false }]);
  });
});
