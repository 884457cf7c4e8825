import type { Execute } from '@artdag/messaging';

/** The use of one signed request. */
export interface Use {
  /** SHA-256. */
  hash: Buffer;
  /** The signed unix seconds. */
  ts: number;
}

export interface SeenRepository {
  /** Notes uses, in one statement that has committed when this resolves; gives the hashes that were not there before. */
  insert(execute: Execute, uses: readonly Use[]): Promise<Buffer[]>;
}

export const seenRepository: SeenRepository = { insert };

/**
 * How long a use is remembered, by the database's clock and never from before the signed time. A gateway takes a request while its own
 * clock is within 30 s of that time, and its body and the
 * way here may take 37 s more: the last use comes 67 s after that time at most. The rest is for clocks that differ.
 */
const rememberSeconds = 100;

const insertSql = `
  INSERT INTO msign_seen (hash, expires_at)
  SELECT hash, greatest(now(), to_timestamp(ts)) + interval '${rememberSeconds} seconds'
  FROM unnest($1::bytea[], $2::float8[]) AS used (hash, ts)
  ON CONFLICT DO NOTHING RETURNING hash`;

async function insert(execute: Execute, uses: readonly Use[]): Promise<Buffer[]> {
  // In one order everywhere: two batches that hold the same uses wait for each other's in turn and not crosswise.
  const sorted = uses.toSorted((a, b) => Buffer.compare(a.hash, b.hash));
  const { rows } = await execute(insertSql, [sorted.map(({ hash }) => hash), sorted.map(({ ts }) => ts)]);
  return rows.map(({ hash }) => hash as Buffer);
}
