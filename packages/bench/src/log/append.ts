import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { insertPending, readLeaves } from './leaves.ts';

const pollMs = 5;
const timeoutMs = 120_000;

async function treeSize(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ size: string }>('SELECT tiled_size AS size FROM registry.log_state');
  return Number(rows[0]?.size);
}

/**
 * Lets so many leaves wait and gives how many a second the sequencer took, from its first batch to its last: indexes, tiles and root, each
 * batch a transaction.
 *
 * @throws Error when one is left behind
 */
export async function sequenceRound(client: pg.Client, from: number, count: number): Promise<number> {
  const before = await treeSize(client);
  await insertPending(client, from, from + count);
  const deadline = performance.now() + timeoutMs;
  let first: { at: number; size: number } | undefined;
  for (;;) {
    const size = await treeSize(client);
    const at = performance.now();
    if (size > before) first ??= { at, size };
    if (size === before + count) return rate(first, { at, size });
    if (at > deadline) throw new Error(`the sequencer took ${size - before} of ${count} leaves in ${timeoutMs} ms`);
    await sleep(pollMs);
  }
}

interface Moment {
  at: number;
  size: number;
}

function rate(first: Moment | undefined, last: Moment): number {
  if (first === undefined || first.size === last.size) throw new Error('the round was too short to be measured');
  return ((last.size - first.size) / (last.at - first.at)) * 1000;
}

const batch = 1_000;

/** The baseline: the same leaves in one insert a thousand, into a table with the same unique columns. Gives rows a second. */
export async function insertRound(client: pg.Client, from: number, count: number): Promise<number> {
  const leaves = await readLeaves(client, from, from + count);
  const started = performance.now();
  for (let at = 0; at < count; at += batch) {
    const rows = leaves.slice(at, at + batch);
    await client.query({
      name: 'bench_insert',
      text: `INSERT INTO bench_leaves (log_index, leaf_hash, leaf, activity_id)
             SELECT * FROM unnest($1::bigint[], $2::bytea[], $3::text[], $4::uuid[])`,
      values: [
        rows.map((_, i) => from + at + i),
        rows.map((row) => row.leaf_hash),
        rows.map((row) => row.leaf),
        rows.map((row) => row.activity_id),
      ],
    });
  }
  return (count / (performance.now() - started)) * 1000;
}

export const bareTable = `
CREATE TABLE bench_leaves (log_index bigint PRIMARY KEY, leaf_hash bytea NOT NULL UNIQUE, leaf text NOT NULL, activity_id uuid UNIQUE)`;
