import { createHash, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openDatabase, type Database } from '@artdag/database/registry';
import { createTestDatabase, eventually, type TestDatabase } from '@artdag/testing';
import { Client, type PoolClient } from 'pg';
import { createLogRepository } from './log.repository.ts';
import { sequence } from './sequencer.ts';

let database: TestDatabase;
let tables: Database;

beforeEach(async () => {
  database = await createTestDatabase();
  tables = openDatabase({ databaseUrl: database.url, max: 8 });
});
afterEach(async () => {
  await tables.close();
  await database.drop();
});

type Queryable = Pick<PoolClient, 'query'>;
const insert = 'INSERT INTO log_pending (leaf_hash, leaf, activity_id, created_at) VALUES ($1, $2, $3, $4)';

let clock = 0;

/** Puts a leaf into the queue; `isKey` for one that is no activity's. */
async function addLeaf(client: Queryable, isKey = false): Promise<string> {
  const leaf = randomUUID();
  clock += 1;
  const at = new Date(clock * 1000);
  const hash = createHash('sha256').update(leaf).digest();
  await client.query(insert, [hash, leaf, isKey ? null : randomUUID(), at]);
  return leaf;
}

async function drain(): Promise<void> {
  while (await sequence(createLogRepository(tables)));
}

interface Entry {
  log_index: string;
  seq: string | null;
  leaf: string;
}

async function entries(): Promise<Entry[]> {
  return (await tables.pool.query<Entry>('SELECT log_index, seq, leaf FROM log_entries ORDER BY log_index')).rows;
}

async function expectWhole(leaves: string[], keyLeaves: string[] = []): Promise<void> {
  const log = await entries();
  expect(log.map((entry) => Number(entry.log_index))).toEqual(log.map((_, i) => i));
  expect(log.map((entry) => entry.leaf).toSorted()).toEqual([...leaves, ...keyLeaves].toSorted());
  const numbered = log.filter((entry) => entry.seq !== null);
  expect(numbered.map((entry) => Number(entry.seq))).toEqual(numbered.map((_, i) => i));
  expect(numbered.map((entry) => entry.leaf).toSorted()).toEqual(leaves.toSorted());
  const { rows } = await tables.pool.query(
    'SELECT tree_size::int, next_seq::int, (SELECT count(*)::int FROM log_pending) AS pending FROM log_state',
  );
  expect(rows).toEqual([{ tree_size: log.length, next_seq: leaves.length, pending: 0 }]);
}

describe('the sequencer', () => {
  it('does nothing when nothing waits', async () => {
    expect(await sequence(createLogRepository(tables))).toBe(false);
    await expectWhole([]);
  });

  it('numbers leaves in the order of their making, activities by themselves', async () => {
    const first = await addLeaf(tables.pool);
    const key = await addLeaf(tables.pool, true);
    const second = await addLeaf(tables.pool);
    await drain();
    expect(
      (await entries()).map(({ log_index, seq, leaf }) => [Number(log_index), seq === null ? null : Number(seq), leaf]),
    ).toEqual([
      [0, 0, first],
      [1, null, key],
      [2, 1, second],
    ]);
    await expectWhole([first, second], [key]);
  });

  it('leaves no gap and skips nothing, whatever the order in which transactions commit', async () => {
    const leaves: string[] = [];
    const writer = async (i: number): Promise<void> => {
      await tables.pgTransaction(async (client) => {
        leaves.push(await addLeaf(client, false));
        await client.query('SELECT pg_sleep($1)', [((i * 37) % 20) / 1000]);
      });
    };
    const stopped = { yes: false };
    const sequencing = (async () => {
      while (!stopped.yes) await sequence(createLogRepository(tables));
    })();
    const early = await tables.pool.connect();
    await early.query('BEGIN');
    leaves.push(await addLeaf(early));
    for (let round = 0; round < 10; round += 1) await Promise.all([0, 1, 2, 3].map((i) => writer(round * 4 + i)));
    await eventually(async () => (await entries()).length > 0);
    await early.query('COMMIT');
    early.release();
    stopped.yes = true;
    await sequencing;
    await drain();
    await expectWhole(leaves);
  });

  it('never numbers twice when two run at once', async () => {
    const leaves: string[] = [];
    for (let i = 0; i < 300; i += 1) leaves.push(await addLeaf(tables.pool));
    const other = openDatabase({ databaseUrl: database.url, max: 2 });
    await Promise.all(
      [tables, other].flatMap((each) => [createLogRepository(each), createLogRepository(each)]).map(sequence),
    );
    await other.close();
    await drain();
    await expectWhole(leaves);
  });

  it('takes five thousand at a time and says when more wait', async () => {
    await tables.pool.query(
      `INSERT INTO log_pending (leaf_hash, leaf, activity_id)
       SELECT sha256(n::text::bytea), n::text, gen_random_uuid() FROM generate_series(1, 6000) n`,
    );
    expect(await sequence(createLogRepository(tables))).toBe(true);
    expect(await sequence(createLogRepository(tables))).toBe(false);
    await expectWhole(Array.from({ length: 6000 }, (_, i) => String(i + 1)));
  });

  it('only removes a leaf that is in the log already', async () => {
    const leaf = await addLeaf(tables.pool);
    const saved = await tables.pool.query('SELECT leaf_hash, leaf, activity_id, created_at FROM log_pending');
    await drain();
    const row = saved.rows[0] as { leaf_hash: Buffer; leaf: string; activity_id: string; created_at: Date };
    await tables.pool.query(insert, [row.leaf_hash, row.leaf, row.activity_id, row.created_at]);
    const next = await addLeaf(tables.pool);
    await drain();
    await expectWhole([leaf, next]);
  });

  it('goes on after its connection was cut in the middle', async () => {
    const leaves: string[] = [];
    const admin = new Client({ connectionString: database.url });
    await admin.connect();
    let cuts = 0;
    for (let round = 0; round < 8; round += 1) {
      for (let i = 0; i < 50; i += 1) leaves.push(await addLeaf(tables.pool));
      const victim = openDatabase({ databaseUrl: database.url, max: 1, applicationName: 'victim' });
      await victim.ping();
      const run = sequence(createLogRepository(victim)).catch(() => (cuts += 1));
      await sleep(round);
      await admin.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'victim' AND datname = current_database()`,
      );
      await run;
      await victim.close();
    }
    await admin.end();
    expect(cuts).toBeGreaterThan(0);
    await drain();
    await expectWhole(leaves);
  });
});
