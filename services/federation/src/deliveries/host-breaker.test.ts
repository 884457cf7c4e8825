import { describe, expect, it } from '@jest/globals';
import { openDatabase } from '@artdag/database/federation';
import { createTestDatabase, eventually, quietLogger, startFakeAuth } from '@artdag/testing';
import { assetEvent } from '../testing/events.testing.ts';
import { useFederation } from '../testing/kit.testing.ts';
import type { RemotePeer } from '../testing/remote-peer.testing.ts';

let offsetMs = 0;
const now = () => new Date(Date.now() + offsetMs);
const kit = useFederation({ createTestDatabase, startFakeAuth, quietLogger, openDatabase }, { now });
const MINUTE = 60_000;

type User = Awaited<ReturnType<typeof kit.federation.addUser>>;
let users = 0;

async function followed(peer: RemotePeer): Promise<User> {
  const user = await kit.federation.addUser(`user${users++}`);
  const follow = peer.activity('alice', { type: 'Follow', object: user.apId });
  await peer.post('alice', `${user.apId}/inbox`, follow, { tweak: { date: now() } });
  await eventually(async () => expect((await hostOf(peer))?.['latency_ms']).toEqual(expect.any(Number)));
  peer.received.length = 0;
  return user;
}

const hostOf = async (peer: RemotePeer) =>
  (await kit.sql('SELECT * FROM remote_hosts WHERE host = $1', [new URL(peer.url).host]))[0];
const attemptsOf = async (user: User) =>
  (
    await kit.sql(
      "SELECT attempts FROM deliveries WHERE ap_actor_id = $1 AND kind = 'activity' ORDER BY created_at, id",
      [user.apId],
    )
  ).map(({ attempts }) => Number(attempts));

/** Claims one after the other, each tried before the next. */
async function failFiveTimes(peer: RemotePeer, user: User): Promise<void> {
  peer.answers.set('/users/alice/inbox', 500);
  for (let failures = 1; failures <= 5; failures += 1) {
    await kit.federation.publish(assetEvent('registered', user.newAsset(), 1));
    await eventually(async () => expect(await hostOf(peer)).toMatchObject({ failures }));
  }
}

describe('a host that failed five times in a row', () => {
  it('is left alone: what waits for it is not tried, until one delivery asks how it is', async () => {
    const peer = await kit.startPeer();
    const user = await followed(peer);
    await failFiveTimes(peer, user);
    const open = await hostOf(peer);
    expect(open).toMatchObject({ last_error: 'It answered 500.', failing_since: expect.any(Date) });
    const pauseMs = new Date(String(open?.['retry_at'])).getTime() - now().getTime();
    expect(pauseMs).toBeGreaterThan(MINUTE * 0.75 - 20_000);
    expect(pauseMs).toBeLessThan(MINUTE * 1.25 + 1000);

    for (let i = 0; i < 3; i += 1) await kit.federation.publish(assetEvent('registered', user.newAsset(), 1));
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(await attemptsOf(user)).toEqual([1, 1, 1, 1, 1, 0, 0, 0]);

    offsetMs += 2 * MINUTE;
    await eventually(async () => expect(await hostOf(peer)).toMatchObject({ failures: 6 }));
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect((await attemptsOf(user)).reduce((sum, attempts) => sum + attempts, 0)).toBe(6);
    expect(peer.received).toHaveLength(6);
  });

  it('gets all that waited once it answers again, also what would have been tried much later', async () => {
    const peer = await kit.startPeer();
    const user = await followed(peer);
    await failFiveTimes(peer, user);
    await kit.federation.publish(assetEvent('registered', user.newAsset(), 1));
    await kit.sql(
      "UPDATE deliveries SET next_at = next_at + interval '20 hours' WHERE ap_actor_id = $1 AND attempts > 0",
      [user.apId],
    );
    peer.answers.clear();
    peer.received.length = 0;
    offsetMs += 2 * MINUTE;
    await eventually(() => expect(peer.received).toHaveLength(6));
    expect(await hostOf(peer)).toMatchObject({ failures: 0, retry_at: null, failing_since: null });
  });

  it('is asked by one of several workers only', async () => {
    const peer = await kit.startPeer();
    const user = await followed(peer);
    await failFiveTimes(peer, user);
    await kit.startFederation({ now });
    for (let i = 0; i < 3; i += 1) await kit.federation.publish(assetEvent('registered', user.newAsset(), 1));
    peer.answers.set('/users/alice/inbox', 'hang');
    peer.received.length = 0;
    offsetMs += 2 * MINUTE;
    await eventually(() => expect(peer.received).toHaveLength(1));
    await new Promise((resolve) => setTimeout(resolve, 2500));
    expect(peer.received).toHaveLength(1);
  });
});

it('gives up what has waited for 51 hours, tried or not, and deletes what ended long ago', async () => {
  const insert = (id: string, state: string, queuedHours: number, dueDays: number) =>
    kit.sql(
      `INSERT INTO deliveries (id, kind, object_id, ap_actor_id, inbox, body, state, queued_at, next_at) VALUES
       ($1, 'accept', $1, 'nobody', 'https://silent.example/inbox', '{}', $2, $3, $4)`,
      [
        id,
        state,
        new Date(now().getTime() - queuedHours * 3_600_000),
        new Date(now().getTime() - dueDays * 86_400_000),
      ],
    );
  await kit.sql(
    "INSERT INTO remote_hosts (host, failures, retry_at, last_error, seen_at) VALUES ('silent.example', 9, $1, 'No answer.', $1)",
    [new Date(now().getTime() + 3_600_000)],
  );
  await insert('late', 'pending', 51, 2);
  await insert('early', 'pending', 49, 2);
  await insert('sent', 'delivered', 200, 8);
  await insert('lately', 'delivered', 100, 6);
  await insert('dead', 'dead', 400, 29);
  await insert('long-dead', 'dead', 800, 31);
  // Housekeeping begins with the service.
  await kit.startFederation({ now });
  await eventually(async () =>
    expect(
      await kit.sql("SELECT id, state, last_error FROM deliveries WHERE ap_actor_id = 'nobody' ORDER BY id"),
    ).toEqual([
      { id: 'dead', state: 'dead', last_error: null },
      { id: 'early', state: 'pending', last_error: null },
      { id: 'late', state: 'dead', last_error: 'Waited for too long. No answer.' },
      { id: 'lately', state: 'delivered', last_error: null },
    ]),
  );
});
