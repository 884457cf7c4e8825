import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@artdag/testing';
import pg from 'pg';
import { call } from './lib/api-client.ts';
import { createDice, randomSeed } from './lib/dice.ts';
import { readLedger } from './lib/ledger.ts';
import { commitLate, hurtServers, newTally, register, type Tally } from './lib/log-chaos.ts';
import { newLeaf, queueLeaves } from './lib/log-fill.ts';
import { fetchEntries, isSignedBy, observeLog, type LogObserver, type Served } from './lib/log-observer.ts';
import { startLogSuite, type LogSuite } from './lib/log-suite.ts';
import { createTree, hashOfLeaf, isConsistent, type Tree } from './lib/rfc6962.ts';

const seed = randomSeed();
const dice = createDice(seed);
const wanted = { kills: 12, acknowledged: 300, checkpoints: 40 };
/** On a machine with much else to do, it takes longer until enough has happened. */
const patienceMs = 240_000;

let suite: LogSuite;
let observer: LogObserver;

interface State {
  pending: number;
  entries: number;
  signed: number;
  contiguous: boolean;
  seqsContiguous: boolean;
  activities: string[];
}

const stateOf = `
  SELECT (SELECT count(*) FROM registry.log_pending)::int AS pending,
    count(*)::int AS entries,
    (SELECT coalesce(max(size), 0) FROM registry.log_checkpoints)::int AS signed,
    count(*) = coalesce(max(log_index) + 1, 0) AND coalesce(min(log_index), 0) = 0 AS contiguous,
    count(seq) = coalesce(max(seq) + 1, 0) AND count(seq) = count(activity_id) AS "seqsContiguous",
    array_agg(activity_id::text) FILTER (WHERE activity_id IS NOT NULL) AS activities
  FROM registry.log_entries`;

async function withDatabase<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: suite.databaseUrl });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Once nothing waits, neither for an index nor for a signature. */
async function settled(): Promise<State> {
  return await eventually(
    async () => {
      const { rows } = await withDatabase((client) => client.query<State>(stateOf));
      const [state] = rows;
      if (state === undefined || state.pending > 0 || state.signed !== state.entries)
        throw new Error(JSON.stringify({ ...state, activities: undefined }));
      return state;
    },
    { everyMs: 100 },
  );
}

/** Indexes without gaps, no leaf twice or left behind, all that was acknowledged in it; returns the tree of what the log serves. */
async function expectEveryLeafOnce(state: State, { acknowledged, committedLate }: Tally): Promise<Tree> {
  expect(state).toMatchObject({ contiguous: true, seqsContiguous: true });
  const logged = new Set(state.activities);
  expect(logged.size).toBe(state.activities.length);
  expect([...acknowledged, ...committedLate].filter((id) => !logged.has(id))).toEqual([]);
  const whole = { assetsWithoutClaim: 0, claimsWithoutLeaf: 0, pending: 0 };
  expect(await readLedger(suite.databaseUrl)).toMatchObject(whole);

  const entries = await fetchEntries(suite.urls[0], state.signed);
  expect(new Set(entries.map(String)).size).toBe(state.signed);
  const times = new Map<string, number>();
  for (const entry of entries) {
    const id = (JSON.parse(entry.toString()) as { activity: string }).activity.split('/').at(-1) ?? '';
    times.set(id, (times.get(id) ?? 0) + 1);
  }
  expect(acknowledged.filter((id) => times.get(id) !== 1)).toEqual([]);
  return createTree(entries.map(hashOfLeaf));
}

/** All by the log's one key. */
async function expectSigned(served: readonly Served[]): Promise<void> {
  const { body } = await call(suite.urls[1], '/log/vkeys');
  const [{ vkey } = { vkey: '' }, ...others] = body['vkeys'] as { vkey: string }[];
  expect(others).toEqual([]);
  expect(served.filter((each) => !isSignedBy(vkey, each))).toEqual([]);
}

/** Each checkpoint is of a beginning of the tree, and consistent with the next; returns how many proofs that took. */
function expectOneHistory(served: readonly Served[], tree: Tree): number {
  for (const { size, root } of served) expect([size, root.equals(tree.rootOf(size))]).toEqual([size, true]);
  const sizes = served.map(({ size }) => size);
  expect(sizes).toEqual(sizes.toSorted((a, b) => a - b));
  let proofs = 0;
  for (const [i, to] of served.entries()) {
    const from = served[i - 1];
    if (from === undefined) continue;
    expect(isConsistent(from, to, tree.consistencyProof(from.size, to.size))).toBe(true);
    proofs += 1;
  }
  return proofs;
}

/** PostgreSQL crashes, and identity goes away for a while, and PostgreSQL once more. */
async function outages(): Promise<void> {
  await sleep(6_000);
  await suite.postgres.restart({ downMs: 300 });
  await sleep(4_000);
  await suite.kill('identity');
  await sleep(4_000);
  await suite.start('identity');
  await sleep(5_000);
  await suite.postgres.restart({ downMs: 1_000 });
  await sleep(3_000);
}

const enough = (tally: Tally): Promise<void> =>
  eventually(
    () => {
      expect(tally.kills).toBeGreaterThanOrEqual(wanted.kills);
      expect(tally.acknowledged.length).toBeGreaterThanOrEqual(wanted.acknowledged);
      expect(observer.served.length).toBeGreaterThanOrEqual(wanted.checkpoints);
    },
    { timeoutMs: patienceMs, everyMs: 100 },
  );

beforeAll(async () => {
  suite = await startLogSuite();
  observer = observeLog(suite.urls);
});
afterAll(async () => {
  await suite?.remove();
});

describe(`the log (seed ${seed})`, () => {
  it('has every leaf once when two sequencers start at once on what waits', async () => {
    for (let round = 0; round < 2; round += 1) {
      await Promise.all([suite.kill(0), suite.kill(1)]);
      const leaves = Array.from({ length: 2_500 }, () => newLeaf(suite.publicUrl));
      await withDatabase((client) => queueLeaves(client, leaves));
      const before = (await withDatabase((client) => client.query<State>(stateOf))).rows[0]?.entries ?? 0;
      await Promise.all([suite.start(0), suite.start(1)]);
      const state = await settled();
      expect(state).toMatchObject({ contiguous: true, seqsContiguous: true, entries: before + leaves.length });
    }
  });

  it('loses nothing and forks never: servers killed and frozen, the database restarted, identity away, transactions that commit late', async () => {
    const tally = newTally();
    await Promise.all([
      register(suite, tally, 6),
      commitLate(suite, tally, { dice, writers: 3 }),
      hurtServers(suite, tally, dice),
      outages().then(async () => {
        await enough(tally);
        tally.over = true;
      }),
    ]);
    const state = await settled();
    const { served } = observer;
    await eventually(() => expect(served.at(-1)?.size).toBe(state.signed));
    const polls = await observer.stop();
    const tree = await expectEveryLeafOnce(state, tally);
    await expectSigned(served);
    const proofs = expectOneHistory(served, tree);
    console.log(
      `${tally.kills} kills (${tally.pairs} of both at once), ${tally.freezes} freezes, 2 restarts of PostgreSQL, identity away once; ` +
        `${tally.acknowledged.length} acknowledged, ${tally.committedLate.length} leaves committed late and ${tally.broken} transactions broken; ` +
        `${state.entries} leaves; ${polls} polls, ${served.length} checkpoints, ${proofs} consistency proofs`,
    );
  }, 600_000);
});
