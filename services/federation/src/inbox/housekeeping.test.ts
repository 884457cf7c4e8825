import { describe, expect, it } from '@jest/globals';
import { openDatabase } from '@artdag/database/federation';
import { createTestDatabase, eventually, quietLogger, startFakeAuth } from '@artdag/testing';
import { useFederation } from '../testing/kit.testing.ts';

const kit = useFederation(
  { createTestDatabase, startFakeAuth, quietLogger, openDatabase },
  { inbox: { pollMs: 20, housekeepingMs: 50 }, inboxBounds: { textDays: 3, idDays: 7, maxRemoteActors: 5 } },
);

const idsOf = async (sql: string): Promise<unknown[]> => (await kit.sql(sql)).map(({ id }) => id);

describe('what strangers make us keep', () => {
  it('loses its text after some days and is forgotten after more, unless it waits or was parked', async () => {
    const entry = `
      INSERT INTO inbox_log (ap_actor, activity_id, type, payload, payload_hash, received_at, queue_place, next_at, parked_at)
      VALUES ('https://far.example/a', $1, 'Like', 'text', '', now() - $2::int * interval '1 day', $3::bigint, now() + interval '1 day', $4)`;
    for (const [days, place, parked] of [
      [2, null, null],
      [4, null, null],
      [8, null, null],
      [9, 1, null],
      [10, null, new Date()],
    ] as const)
      await kit.sql(entry, [`${days} days`, days, place, parked]);
    const all = 'SELECT activity_id AS id FROM inbox_log ORDER BY received_at DESC';
    await eventually(async () => expect(await idsOf(all)).toEqual(['2 days', '4 days', '9 days', '10 days']));
    const withText = "SELECT activity_id AS id FROM inbox_log WHERE payload <> '' ORDER BY received_at DESC";
    expect(await idsOf(withText)).toEqual(['2 days', '9 days', '10 days']);
  });

  it('is no more than so many actors: who follows or is followed stays, of the others those used last', async () => {
    const follower = `
      INSERT INTO followers (username, follower_ap_id, inbox, follow_activity_id)
      VALUES ('giles', 'https://far.example/0', 'https://far.example/0/inbox', 'x')`;
    await kit.sql(follower);
    const followed = `
      INSERT INTO following (username, target_ap_id, follow_activity_id, state)
      VALUES ('giles', 'https://far.example/1', 'x', 'requested')`;
    await kit.sql(followed);
    const actors = `
      INSERT INTO remote_actors (ap_id, fetched_at)
      SELECT 'https://far.example/' || i, now() - (20 - i) * interval '1 hour' FROM generate_series(0, 19) i`;
    await kit.sql(actors);
    const kept = ['0', '1', '17', '18', '19'].map((i) => `https://far.example/${i}`);
    const all = 'SELECT ap_id AS id FROM remote_actors ORDER BY fetched_at';
    await eventually(async () => expect(await idsOf(all)).toEqual(kept));
  });
});
