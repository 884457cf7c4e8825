import type { Database } from '@artdag/database/registry';
import type { HashTile, ReadTiles, TreeHead } from '@artdag/transparency-log';
import type { ClientBase } from 'pg';
import { createTileReader, storeTiles } from './tile.repository.ts';

/** How far the log is. */
export interface LogStatus {
  /** Leaves that wait for the sequencer, counted up to 10,000. */
  pending: number;
  treeSize: number;
  /** Leaves that the tiles hold. */
  tiledSize: number;
  signedSize: number;
  signedAt: Date | null;
}

/** What the sequencer does with the log, in one transaction. */
export interface LogTables {
  /** Moves up to so many of the leaves that wait into the log. */
  movePending(limit: number): Promise<{ taken: number; treeSize: number; tiledSize: number }>;
  leafHashes(from: number, limit: number): Promise<Buffer[]>;
  readTiles: ReadTiles;
  /** Inserts them, or lets them grow. */
  storeTiles(tiles: readonly HashTile[]): Promise<void>;
  lastSigned(): Promise<TreeHead | undefined>;
  /** What the tiles hold now, to be signed. */
  storeUnsigned(head: TreeHead): Promise<void>;
}

export interface LogRepository {
  status(): Promise<LogStatus>;
  /**
   * One writer at a time over all replicas: the lock belongs to the transaction, as one of a session would be lost silently with its
   * connection. It is taken by a statement of its own, so that the next one sees what the previous holder committed.
   */
  exclusively<T>(work: (tables: LogTables) => Promise<T>): Promise<T>;
}

/** Any number that nothing else in this database locks. */
const advisoryLock = 6_962_001;

const status = {
  name: 'log_status',
  text: `
SELECT (SELECT count(*)::int FROM (SELECT FROM log_pending LIMIT 10000) AS waiting) AS pending,
  tree_size, tiled_size, coalesce(c.size, 0) AS signed_size, c.signed_at
FROM log_state LEFT JOIN LATERAL (SELECT size, signed_at FROM log_checkpoints ORDER BY size DESC LIMIT 1) c ON true`,
};

/*
 * All pending leaves are taken, whatever their order of commit: "everything after the last one" would skip what was begun
 * earlier and committed later. Leaves that are in the log already are only removed, so a retry changes nothing; numbers go
 * to the rest, without gaps (the look-up is a scalar subquery, as a join would read the whole log). One multi-row statement, as single rows or Prisma take two to four times as long.
 */
const moveBatch = {
  name: 'sequence_log',
  text: `
WITH taken AS (
  DELETE FROM log_pending
  WHERE ctid = ANY (ARRAY (SELECT ctid FROM log_pending ORDER BY created_at, leaf_hash LIMIT $1))
  RETURNING leaf_hash, leaf, activity_id, created_at),
fresh AS (
  SELECT leaf_hash, leaf, activity_id, row_number() OVER w - 1 AS position, count(activity_id) OVER w - 1 AS activity_position
  FROM taken
  WHERE (SELECT e.log_index FROM log_entries e WHERE e.leaf_hash = taken.leaf_hash) IS NULL
  WINDOW w AS (ORDER BY created_at, leaf_hash ROWS UNBOUNDED PRECEDING)),
added AS (
  INSERT INTO log_entries (log_index, leaf_hash, leaf, activity_id, seq)
  SELECT tree_size + position, leaf_hash, leaf, activity_id,
    CASE WHEN activity_id IS NOT NULL THEN next_seq + activity_position END
  FROM fresh CROSS JOIN log_state
  RETURNING activity_id)
UPDATE log_state SET
  tree_size = tree_size + (SELECT count(*) FROM added),
  next_seq = next_seq + (SELECT count(activity_id) FROM added)
RETURNING (SELECT count(*)::int FROM taken) AS taken, tree_size, tiled_size`,
};

const leafHashes = {
  name: 'log_leaf_hashes',
  text: 'SELECT leaf_hash FROM log_entries WHERE log_index >= $1 ORDER BY log_index LIMIT $2',
};

const lastSigned = {
  name: 'log_last_signed',
  text: 'SELECT size, root FROM log_checkpoints ORDER BY size DESC LIMIT 1',
};

/** `log_state` has one row. */
type StatusRow = Record<'tree_size' | 'tiled_size' | 'signed_size', string> & {
  pending: number;
  signed_at: Date | null;
};

export function createLogRepository(database: Database): LogRepository {
  return {
    async status() {
      const { rows } = await database.pool.query<StatusRow>(status);
      const row = only(rows);
      return {
        pending: row.pending,
        treeSize: Number(row.tree_size),
        tiledSize: Number(row.tiled_size),
        signedSize: Number(row.signed_size),
        signedAt: row.signed_at,
      };
    },
    exclusively: (work) =>
      database.pgTransaction(async (client) => {
        await client.query('SELECT pg_advisory_xact_lock($1)', [advisoryLock]);
        return await work(tablesOver(client));
      }),
  };
}

function tablesOver(client: ClientBase): LogTables {
  return {
    async movePending(limit) {
      type Row = { taken: number; tree_size: string; tiled_size: string };
      const row = only((await client.query<Row>({ ...moveBatch, values: [limit] })).rows);
      return { taken: row.taken, treeSize: Number(row.tree_size), tiledSize: Number(row.tiled_size) };
    },
    async leafHashes(from, limit) {
      const { rows } = await client.query<{ leaf_hash: Buffer }>({ ...leafHashes, values: [from, limit] });
      return rows.map((row) => row.leaf_hash);
    },
    readTiles: createTileReader(client),
    storeTiles: (tiles) => storeTiles(client, tiles),
    async lastSigned() {
      const [row] = (await client.query<{ size: string; root: Buffer }>(lastSigned)).rows;
      return row && { size: Number(row.size), root: row.root };
    },
    async storeUnsigned({ size, root }) {
      await client.query('UPDATE log_state SET tiled_size = $1, root = $2', [size, root]);
    },
  };
}

function only<T>(rows: T[]): T {
  const [row] = rows;
  if (row === undefined || rows.length > 1) throw new Error('log_state has lost its only row');
  return row;
}
