import { describe, expect, it } from '@jest/globals';
import { openDatabase } from '@artdag/database/federation';
import { createTestDatabase, eventually, makeAssertionKit, quietLogger, startFakeAuth } from '@artdag/testing';
import { send } from '../testing/http-client.testing.ts';
import { useFederation } from '../testing/kit.testing.ts';
import { operate as operateAt } from '../testing/operate.testing.ts';

const tools = { createTestDatabase, startFakeAuth, quietLogger, openDatabase };
const kit = useFederation(tools, { inbox: { pollMs: 20, pausesMs: [10] } });
const assertions = makeAssertionKit('federation');

const operate = (path: string, body: object) =>
  operateAt({ url: kit.federation.url, assertion: assertions.service('admin'), path, body });

const parked = async () => (await operate('/inbox', {})).body['parked'] as { activity: string }[];
const resultOf = async (id: string) =>
  (await kit.sql('SELECT result FROM inbox_log WHERE activity_id = $1', [id]))[0]?.['result'];

/** Follows that fail, as nothing is known of their sender. */
async function parkFollows(...names: string[]) {
  const [peer, user] = [await kit.startPeer(), await kit.federation.addUser(`u${Date.now()}`)];
  const follows = names.map((name) => peer.activity(name, { type: 'Follow', object: user.apId }));
  for (const follow of follows) {
    const row = [follow['actor'], follow.id, JSON.stringify(follow)];
    await kit.sql(
      `INSERT INTO inbox_log (ap_actor, activity_id, type, payload, payload_hash, queue_place)
       VALUES ($1, $2, 'Follow', $3, '', nextval('inbox_places'))`,
      row,
    );
  }
  await eventually(async () => expect(await parked()).toHaveLength(names.length));
  return { peer, user, follows };
}

describe('a parked activity', () => {
  it('is shown with why, and has its effect when it is tried again after that was mended', async () => {
    const { peer, user, follows } = await parkFollows('alice');
    const [follow] = follows;
    expect(await parked()).toEqual([
      {
        ...{ activity: follow?.id, actor: peer.actorUrl('alice'), type: 'Follow' },
        ...{ received_at: expect.any(String), parked_at: expect.any(String) },
        last_error: 'Nothing is known of its sender any more.',
      },
    ]);
    // A signed activity has the sender looked up.
    const like = peer.activity('alice', { type: 'Like', object: 'https://elsewhere.example/1' });
    expect((await peer.post('alice', `${kit.federation.url}/inbox`, like)).status).toBe(202);
    expect(await operate('/replay', { id: follow?.id })).toEqual({ status: 200, body: { replayed: 1 } });
    await eventually(async () => expect(await resultOf(follow?.id ?? '')).toBe('followed'));
    expect(await parked()).toEqual([]);
    const followers = (await send(`${user.apId}/followers?page=1`)).json()['orderedItems'];
    expect(followers).toEqual([peer.actorUrl('alice')]);
  });

  it('is tried again with all others, and parked again if it still fails', async () => {
    await parkFollows('bob', 'carol');
    const at = (await operate('/inbox', { limit: 1 })).body['parked'] as { parked_at: string }[];
    expect(at).toHaveLength(1);
    expect((await operate('/replay', { all: true })).body).toEqual({ replayed: 2 });
    await eventually(async () => {
      const [newest] = (await operate('/inbox', { limit: 1 })).body['parked'] as { parked_at: string }[];
      expect(newest?.parked_at).not.toBe(at[0]?.parked_at);
      expect(await parked()).toHaveLength(2);
    });
    await kit.sql('UPDATE inbox_log SET parked_at = NULL');
  });

  it('that is none cannot be tried again', async () => {
    for (const body of [{ id: 'https://elsewhere.example/1' }, { all: true }])
      expect(await operate('/replay', body)).toMatchObject({ status: 404, body: { code: 'nothing_to_replay' } });
    for (const body of [{}, { id: 'x', all: true }, { all: false }])
      expect((await operate('/replay', body)).status).toBe(422);
  });
});
