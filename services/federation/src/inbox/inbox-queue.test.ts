import { describe, expect, it } from '@jest/globals';
import { openDatabase } from '@artdag/database/federation';
import { createTestDatabase, eventually, makeAssertionKit, quietLogger, startFakeAuth } from '@artdag/testing';
import pg from 'pg';
import { send } from '../testing/http-client.testing.ts';
import { useFederation } from '../testing/kit.testing.ts';
import { operate } from '../testing/operate.testing.ts';

let databaseUrl = '';
const kit = useFederation(
  {
    ...{ startFakeAuth, quietLogger, openDatabase },
    async createTestDatabase() {
      const made = await createTestDatabase();
      databaseUrl = made.url;
      return made;
    },
  },
  { inbox: { pollMs: 20, pausesMs: [30, 30] } },
);

const assertions = makeAssertionKit('federation');

type Row = Record<string, unknown>;
const rowOf = async (id: unknown): Promise<Row | undefined> =>
  (await kit.sql('SELECT * FROM inbox_log WHERE activity_id = $1', [id]))[0];
const processed = (): Promise<unknown> =>
  eventually(async () => expect(await kit.sql('SELECT 1 FROM inbox_log WHERE queue_place IS NOT NULL')).toEqual([]));
const followersOf = (username: string): Promise<Row[]> =>
  kit.sql('SELECT follower_ap_id FROM followers WHERE username = $1', [username]);
const eventsOf = async (actor: string): Promise<unknown[]> =>
  (await kit.sql('SELECT type FROM outbox WHERE payload LIKE $1', [`%${actor}"%`])).map(({ type }) => type);

/** As an effect on a local user waits for it; on a connection that sees and ends those of others. */
async function holdUser(apId: string) {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  await client.query('SELECT pg_advisory_lock(8202, hashtext($1))', [apId]);
  const admin = async (sql: string, params: unknown[] = []): Promise<Row[]> =>
    (await client.query<Row>(sql, params)).rows;
  return { admin, letGo: () => client.end() };
}
const AT_WORK = `
  SELECT pid FROM pg_stat_activity
  WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%pg_advisory_xact_lock_shared%'`;

/** A row as it is stored before the answer, which waits to be processed. */
const QUEUE = `
  INSERT INTO inbox_log (ap_actor, activity_id, type, payload, payload_hash, queue_place)
  VALUES ($1, $2, $3, $4, '', nextval('inbox_places'))`;
const queue = (activity: Row, text = JSON.stringify(activity)): Promise<unknown> =>
  kit.sql(QUEUE, [activity['actor'], activity['id'], activity['type'], text]);

describe('what waits in the inbox', () => {
  it('is processed in the order of arrival, also by two replicas: a Follow and its Undo are never swapped', async () => {
    const [{ apId }, peer] = [await kit.federation.addUser('anna'), await kit.startPeer()];
    const other = await kit.startFederation({ domain: new URL(kit.federation.url).host });
    // Until all are stored, so that both replicas begin with everything.
    const { letGo } = await holdUser(apId);
    const inboxes = [`${kit.federation.url}/inbox`, `${other.url}/inbox`];
    for (let i = 0; i < 30; i += 1) {
      const follow = peer.activity('alice', { type: 'Follow', object: apId });
      const undo = peer.activity('alice', { type: 'Undo', object: follow });
      for (const [n, activity] of [follow, undo].entries())
        expect((await peer.post('alice', inboxes[(i + n) % 2] ?? '', activity)).status).toBe(202);
    }
    await letGo();
    await processed();
    const results = await kit.sql('SELECT result, count(*)::int AS n FROM inbox_log WHERE ap_actor = $1 GROUP BY 1', [
      peer.actorUrl('alice'),
    ]);
    expect(results.toSorted((a, b) => String(a['result']).localeCompare(String(b['result'])))).toEqual([
      { result: 'followed', n: 30 },
      { result: 'unfollowed', n: 30 },
    ]);
    expect(await followersOf('anna')).toEqual([]);
  });

  it('takes effect once, although the process at work on it lost its transaction', async () => {
    const [{ apId }, peer] = [await kit.federation.addUser('berta'), await kit.startPeer()];
    const { admin, letGo } = await holdUser(apId);
    const follow = peer.activity('alice', { type: 'Follow', object: apId });
    expect((await peer.post('alice', `${kit.federation.url}/inbox`, follow)).status).toBe(202);
    const stuck = async () => {
      const found = await admin(AT_WORK);
      expect(found).toHaveLength(1);
      return found[0] ?? {};
    };
    const first = await eventually(stuck);
    await admin('SELECT pg_terminate_backend($1)', [first['pid']]);
    await eventually(async () => {
      const found = await stuck();
      expect(found['pid']).not.toBe(first['pid']);
    });
    expect(await followersOf('berta')).toEqual([]);
    await letGo();
    await processed();
    expect(await followersOf('berta')).toEqual([{ follower_ap_id: peer.actorUrl('alice') }]);
    expect((await eventsOf(peer.actorUrl('alice'))).toSorted()).toEqual(['follower-added', 'inbox-activity-received']);
    await eventually(() => expect(peer.received).toHaveLength(1));
  });

  it('is parked with its error after a few tries, and holds up nobody but its sender, and that one not for long', async () => {
    const [{ apId }, peer] = [await kit.federation.addUser('clara'), await kit.startPeer()];
    const like = (name: string) => peer.activity(name, { type: 'Like', object: 'https://elsewhere.example/1' });
    for (const name of ['alice', 'bob']) await peer.post(name, `${kit.federation.url}/inbox`, like(name));
    const broken = peer.activity('alice', { type: 'Follow', object: apId });
    await queue(broken, '{');
    const later = peer.activity('alice', { type: 'Follow', object: apId });
    const others = peer.activity('bob', { type: 'Follow', object: apId });
    await Promise.all([queue(later), queue(others)]);
    await eventually(async () => expect((await rowOf(others.id))?.['result']).toBe('followed'));
    await processed();
    expect(await rowOf(broken.id)).toMatchObject({
      ...{ result: null, attempts: 3, parked_at: expect.any(Date), last_error: expect.stringMatching(/JSON/) },
    });
    expect((await rowOf(later.id))?.['result']).toBe('followed');
    expect((await send(`${kit.federation.url}/metrics`)).text).toMatch(/^inbox_processed_total\{effect="parked"\} 1$/m);
  });

  it('is parked when whatever is at work on it ends each time, and has its effect once it is tried again after that', async () => {
    const [{ apId }, peer] = [await kit.federation.addUser('greta'), await kit.startPeer()];
    const { admin, letGo } = await holdUser(apId);
    const follow = peer.activity('alice', { type: 'Follow', object: apId });
    const later = peer.activity('alice', { type: 'Follow', object: (await kit.federation.addUser('hanna')).apId });
    for (const activity of [follow, later])
      expect((await peer.post('alice', `${kit.federation.url}/inbox`, activity)).status).toBe(202);
    const ended = new Set<unknown>();
    const endAll = async (): Promise<void> => {
      for (const { pid } of await admin(AT_WORK)) {
        ended.add(pid);
        await admin('SELECT pg_terminate_backend($1)', [pid]);
      }
      expect((await rowOf(follow.id))?.['parked_at']).toBeInstanceOf(Date);
    };
    await eventually(endAll, { everyMs: 5 });
    // One that is not the first of its turn is counted from its second try on.
    expect([3, 4]).toContain(ended.size);
    expect(await rowOf(follow.id)).toMatchObject({
      ...{ result: null, attempts: 3, last_error: 'Whatever was at work on it ended before it was done, each time.' },
    });
    await letGo();
    await processed();
    expect((await rowOf(later.id))?.['result']).toBe('followed');
    const replay = { path: '/replay', body: { id: follow.id } };
    const { url } = kit.federation;
    expect(await operate({ url, assertion: assertions.service('admin'), ...replay })).toMatchObject({ status: 200 });
    await eventually(async () => expect((await rowOf(follow.id))?.['result']).toBe('followed'));
    expect(await rowOf(follow.id)).toMatchObject({ attempts: 0, last_error: null, next_at: null });
  });

  it('is not lost when nothing is known of its sender any more, but parked', async () => {
    const { apId } = await kit.federation.addUser('dora');
    const peer = await kit.startPeer();
    const follow = peer.activity('stranger', { type: 'Follow', object: apId });
    await queue(follow);
    await eventually(async () => expect((await rowOf(follow.id))?.['parked_at']).toBeInstanceOf(Date));
  });

  it('comes again behind all that came before: an Undo between two of the same Follow is undone', async () => {
    const [{ apId }, held, peer] = [
      await kit.federation.addUser('emma'),
      await kit.federation.addUser('frida'),
      await kit.startPeer(),
    ];
    const { letGo } = await holdUser(held.apId);
    const before = peer.activity('alice', { type: 'Follow', object: held.apId });
    const follow = peer.activity('alice', { type: 'Follow', object: apId });
    const undo = peer.activity('alice', { type: 'Undo', object: follow });
    for (const activity of [before, follow, undo, follow])
      expect((await peer.post('alice', `${kit.federation.url}/inbox`, activity)).status).toBe(202);
    await letGo();
    await processed();
    expect(await followersOf('emma')).toEqual([{ follower_ap_id: peer.actorUrl('alice') }]);
  });
});
