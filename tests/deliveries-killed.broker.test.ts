import { describe, expect, it } from '@jest/globals';
import { eventually } from '@artdag/testing';
import pg from 'pg';
import { call, newAccount } from './lib/api-client.ts';
import { createDice, randomSeed } from './lib/dice.ts';
import {
  claim,
  killReplicas,
  newExchange,
  sendAll,
  startSenders,
  type Exchange,
  type Sender,
} from './lib/killed-deliveries/exchange.ts';
import { startProcesses, type ProcessSuite } from './lib/process-suite.ts';

/** In and out together; `KILLED_DELIVERIES=20000` is the long run. */
const total = Number(process.env['KILLED_DELIVERIES'] ?? 4_000);
const fewestKills = 4;
const seed = randomSeed();
const people = total >= 20_000 ? 200 : 100;
/** Claims that go to each of them, and things that each of them says. */
const each = Math.floor(total / 2 / people);

type Rows = Record<string, unknown>[];

async function withDatabase<T>(suite: ProcessSuite, work: (query: (sql: string) => Promise<Rows>) => Promise<T>) {
  const client = new pg.Client({ connectionString: suite.databaseUrl });
  await client.connect();
  try {
    return await work(async (sql) => (await client.query<Record<string, unknown>>(sql)).rows);
  } finally {
    await client.end();
  }
}

const waiting = `
  SELECT (SELECT count(*) FROM federation.inbox_log WHERE queue_place IS NOT NULL)::int AS queued,
    (SELECT count(*) FROM federation.publications WHERE queue_place IS NOT NULL)::int AS unsigned,
    (SELECT count(*) FROM federation.deliveries WHERE state = 'pending')::int AS pending`;

const settled = (suite: ProcessSuite): Promise<unknown> =>
  eventually(
    async () => {
      const [left] = await withDatabase(suite, (query) => query(waiting));
      // Who died while signing leaves what it had taken for half a minute: only once that is signed, deliveries of it wait.
      if (left?.['queued'] !== 0 || left['unsigned'] !== 0 || left['pending'] !== 0)
        throw new Error(JSON.stringify(left));
    },
    { timeoutMs: 240_000, everyMs: 500 },
  );

/** Each activity that was answered 202 is there with its effect, and each effect is there once, as are its events. */
async function expectTakenOnce(suite: ProcessSuite, { acknowledged }: Exchange): Promise<void> {
  const events = (type: string, field: string): string =>
    `SELECT payload::jsonb->'data'->>'${field}' AS about, count(*)::int AS n FROM federation.outbox WHERE type = '${type}' GROUP BY 1`;
  await withDatabase(suite, async (query) => {
    const log = await query('SELECT activity_id AS id, result FROM federation.inbox_log');
    expect(log.map(({ id }) => String(id)).toSorted()).toEqual([...acknowledged].toSorted());
    const results = log.map(({ result }) => result);
    expect(results.filter((result) => result === 'followed')).toHaveLength(people);
    expect(results.filter((result) => result === 'liked')).toHaveLength((each - 1) * people);
    expect(await query('SELECT 1 FROM federation.followers')).toHaveLength(people);
    expect(await query('SELECT 1 FROM federation.reactions')).toHaveLength((each - 1) * people);
    const received = await query(events('inbox-activity-received', 'activity_id'));
    expect(received).toHaveLength(acknowledged.length);
    expect(received.filter(({ n }) => n !== 1)).toEqual([]);
    const added = await query(`SELECT 1 FROM federation.outbox WHERE type = 'follower-added'`);
    expect(added).toHaveLength(people);
  });
}

/** Each inbox got the one Accept and every claim; how often each was sent is another matter, which is told. */
function expectDelivered(senders: readonly Sender[], claims: readonly string[]): { delivered: number; sent: number } {
  let [delivered, sent] = [0, 0];
  for (const { stranger, name } of senders) {
    const arrived = stranger.received.filter(({ path }) => path === `/users/${name}/inbox`).map(({ json }) => json);
    const ids = (type: string): string[] => [
      ...new Set(arrived.filter((json) => json['type'] === type).map(({ id }) => String(id))),
    ];
    expect(ids('Accept')).toHaveLength(1);
    expect(ids('Create').toSorted()).toEqual([...claims].toSorted());
    delivered += 1 + claims.length;
    sent += arrived.length;
  }
  return { delivered, sent };
}

async function exchange(suite: ProcessSuite, senders: readonly Sender[]): Promise<string> {
  const dice = createDice(seed);
  const { username, token } = await newAccount(suite.url);
  const actor = `${suite.url}/users/${username}`;
  await eventually(async () => (await call(suite.url, `/users/${username}`)).status === 200);
  const { objects } = await claim(suite, token, each - 1);
  await eventually(async () => {
    const [row] = await withDatabase(suite, (query) => query('SELECT count(*)::int AS n FROM federation.publications'));
    return row?.['n'] === objects.length;
  });
  const o = newExchange();
  const begun = performance.now();
  const killing = killReplicas(o, suite, dice);
  let claims: string[] = [];
  try {
    await sendAll(o, `${actor}/inbox`, senders, { type: 'Follow', objects: [actor] });
    await settled(suite);
    const [made] = await Promise.all([
      claim(suite, token, each),
      sendAll(o, `${suite.url}/inbox`, senders, { type: 'Like', objects }),
    ]);
    claims = made.activities;
    await eventually(
      async () => {
        const [row] = await withDatabase(suite, (query) =>
          query('SELECT count(*)::int AS n FROM federation.publications'),
        );
        return row?.['n'] === objects.length + claims.length;
      },
      { timeoutMs: 120_000, everyMs: 500 },
    );
    await settled(suite);
    await eventually(() => expect(o.kills).toBeGreaterThanOrEqual(fewestKills));
  } finally {
    o.over = true;
    await killing;
  }
  await settled(suite);
  await expectTakenOnce(suite, o);
  const { delivered, sent } = expectDelivered(senders, claims);
  expect(o.kills).toBeGreaterThanOrEqual(fewestKills);
  return (
    `${o.kills} kills (${o.pairs} of both at once) in ${((performance.now() - begun) / 1000).toFixed(0)} s, seed ${seed}: ` +
    `${o.acknowledged.length} acknowledged, ${o.repeatedIn} requests repeated; ${delivered} delivered, ${sent - delivered} of them repeated`
  );
}

describe(`${total} deliveries in and out while both replicas of federation are killed at random moments`, () => {
  it(
    'lose nothing that was acknowledged, and nothing takes effect twice',
    async () => {
      const suite = await startProcesses({ twice: ['federation'] });
      const senders = await startSenders(people);
      try {
        console.log(await exchange(suite, senders));
      } finally {
        await suite.remove();
        await Promise.all([...new Set(senders.map(({ stranger }) => stranger))].map((stranger) => stranger.close()));
      }
    },
    600_000 + total * 60,
  );
});
