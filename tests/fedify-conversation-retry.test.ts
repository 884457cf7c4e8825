import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, tcpProxy, type TcpProxy } from '@artdag/testing';
import { newContentHash, registerAsset } from './lib/api-client.ts';
import { arrival, follow, startConversation, type Conversation, type Person } from './lib/conversation.ts';
import type { FedifyPeer, Scheme } from './lib/fedify.ts';

/** art-dag-l2.md §8.9, in minutes, each a quarter shorter or longer at most. */
const pauses = [1, 5, 30];

let talk: Conversation;

/** Between the suite and its database. */
let cable: TcpProxy;

beforeAll(async () => {
  const reachedBy = async (target: string): Promise<string> => {
    cable = await tcpProxy({ target });
    return cable.url;
  };
  talk = await startConversation({}, { reachedBy });
});
afterAll(async () => {
  await talk?.remove();
  await cable?.close();
});

describe.each<Scheme>(['draft-cavage', 'rfc9421'])('Through 503, by %s', (scheme) => {
  let peer: FedifyPeer;
  let person: Person;

  beforeAll(async () => {
    peer = await talk.newPeer();
    await peer.set({ takes: scheme, speaks: scheme });
    person = await talk.newPerson();
    await follow(peer, person);
  });

  it('Fedify gets a claim that it answered 503 to, at the times of the schedule, once, and believes it', async () => {
    const hash = newContentHash();
    await peer.fail({ status: 503, times: pauses.length });
    await registerAsset(talk.url, person.token, `patient-${person.username}`, hash);
    for (const [i, minutes] of pauses.entries()) {
      const { id, pause } = await eventually(async () => {
        const sql = `SELECT id, attempts, extract(epoch FROM next_at - now())::float8 / 60 AS pause FROM deliveries
          WHERE ap_actor_id = $1 AND kind = 'activity' AND state = 'pending'`;
        const [row] = await talk.rows<{ id: string; attempts: number; pause: number }>(sql, [person.apId]);
        expect(row?.attempts).toBe(i + 1);
        return { id: row?.id, pause: row?.pause ?? 0 };
      });
      expect(pause).toBeGreaterThan(minutes * 0.75 - 0.5);
      expect(pause).toBeLessThan(minutes * 1.25 + 0.1);
      expect((await peer.received()).received.filter(({ type }) => type === 'Create')).toEqual([]);
      // That time passes.
      await talk.rows('UPDATE deliveries SET next_at = now() WHERE id = $1', [id]);
    }
    const create = await arrival(peer, ({ type }) => type === 'Create');
    expect(create).toMatchObject({
      ...{ scheme, status: 202, effect: true, proof: 'verified', linkedDataSignature: 'verified' },
      httpSignature: { verified: true },
      body: { object: { id: `${talk.url}/objects/${hash}` } },
    });
    const creates = (await peer.received()).received.filter(({ id }) => id === create.id);
    expect(creates).toHaveLength(1);
    const posts = (await peer.wire()).wire.filter(({ direction, method }) => direction + method === 'inPOST');
    expect(posts.slice(-pauses.length - 1).map(({ status }) => status)).toEqual([...pauses.map(() => 503), 202]);
  });

  it('we get a like that we could not store and answered 503 to, by its repeats, and it counts once', async () => {
    const hash = newContentHash();
    const object = `${talk.url}/objects/${hash}`;
    await registerAsset(talk.url, person.token, `liked-${person.username}`, hash);
    // Or the like is of nothing yet.
    await arrival(peer, ({ type, body }) => type === 'Create' && JSON.stringify(body['object']).includes(object));
    const from = (await peer.wire()).wire.length;
    const answers = async (): Promise<number[]> =>
      (await peer.wire()).wire
        .slice(from)
        .filter(({ direction, method }) => direction + method === 'outPOST')
        .map(({ status }) => status);
    await cable.cut();
    const { id } = await peer.send({ target: person.apId, what: 'like', object, patient: true });
    await eventually(async () => expect((await answers()).length).toBeGreaterThanOrEqual(2));
    await cable.restore();
    // Each of its pauses is about twice the one before.
    await eventually(async () => expect((await answers()).at(-1)).toBe(202), { timeoutMs: 240_000 });
    const statuses = await answers();
    expect(new Set(statuses.slice(0, -1))).toEqual(new Set([503]));
    await eventually(async () => {
      const rows = await talk.rows('SELECT object_id FROM reactions WHERE activity_id = $1', [id]);
      expect(rows).toEqual([{ object_id: object }]);
    });
    expect(await talk.rows('SELECT 1 FROM inbox_log WHERE activity_id = $1', [id])).toHaveLength(1);
  });
});
