import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, describe, expect, it } from '@jest/globals';
import { openDatabase } from '@artdag/database/federation';
import { createTestDatabase, eventually, quietLogger, startFakeAuth } from '@artdag/testing';
import { useFederation } from '../testing/kit.testing.ts';

const kit = useFederation({ createTestDatabase, startFakeAuth, quietLogger, openDatabase });

let asked = 0;
/** Takes every request and never answers. */
const silent = createServer(() => (asked += 1));
afterAll(() => void silent.close());

describe('a flood of unknown keys', () => {
  it('opens few sockets to a host that is slow, and the rest is told to come again: 401 with Retry-After', async () => {
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const peer = await kit.startPeer();
    const origin = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
    const answers = Array.from({ length: 40 }, (_, i) => {
      const actor = `${origin}/users/${i}`;
      const activity = { ...peer.activity('alice', { type: 'Like', object: 'x' }), actor, id: `${actor}/likes/1` };
      return peer.post('alice', `${kit.federation.url}/inbox`, activity, { tweak: { keyId: `${actor}#key` } });
    });
    await eventually(() => expect(asked).toBe(8));
    // Somebody else is served meanwhile.
    const like = peer.activity('alice', { type: 'Like', object: 'https://elsewhere.example/1' });
    expect((await peer.post('alice', `${kit.federation.url}/inbox`, like)).status).toBe(202);
    const first = await Promise.race(answers);
    expect([first.status, first.json()['code'], first.headers['retry-after']]).toEqual([401, 'key_unavailable', '5']);
    expect(asked).toBe(8);
    silent.closeAllConnections();
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual(Array(40).fill(401));
  });
});
