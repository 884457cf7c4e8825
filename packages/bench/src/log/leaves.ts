import type pg from 'pg';

/** Leaves as claims make them, composed by PostgreSQL from their number, so that a million of them costs seconds. */
const leaf = `format(
  '{"activity":"https://l2.example.com/activities/%s","actor":"https://l2.example.com/users/bench","commitment":"sha256:%s",' ||
  '"contentHash":{"algorithm":"sha3-256","value":"%s"},"published":"2026-01-10T12:00:00Z","type":"Create","v":1}',
  id, encode(sha256(convert_to('c' || n, 'UTF8')), 'hex'), encode(sha256(convert_to('h' || n, 'UTF8')), 'hex'))`;

const made = `
SELECT sha256('\\x00'::bytea || convert_to(leaf, 'UTF8')) AS leaf_hash, leaf, id AS activity_id FROM (
  SELECT id, ${leaf} AS leaf FROM (
    SELECT n, md5('bench ' || n)::uuid AS id FROM generate_series($1::int, $2::int - 1) AS n) AS numbered) AS composed`;

/** Lets the leaves of these numbers wait for the sequencer. */
export async function insertPending(client: pg.Client, from: number, to: number): Promise<void> {
  await client.query(`INSERT INTO registry.log_pending (leaf_hash, leaf, activity_id) ${made}`, [from, to]);
}

export interface Leaf {
  leaf_hash: Buffer;
  leaf: string;
  activity_id: string;
}

/** The same leaves, for somebody else to insert. */
export async function readLeaves(client: pg.Client, from: number, to: number): Promise<Leaf[]> {
  return (await client.query<Leaf>(made, [from, to])).rows;
}
