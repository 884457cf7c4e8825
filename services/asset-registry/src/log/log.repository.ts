import type { Database } from '@artdag/database/registry';

export interface LogRepository {
  /** Moves one batch of pending leaves into the log. Resolves to true when more were waiting than fitted. */
  sequence(): Promise<boolean>;
}

/** Any number that nothing else in this database locks. */
const advisoryLock = 6_962_001;
const maxBatch = 1_000;

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
RETURNING (SELECT count(*)::int FROM taken) AS taken`,
};

/**
 * Gives every leaf its `log_index` and every activity's leaf the next `seq`. One writer at a time over all replicas: the
 * lock belongs to the transaction, as one of a session would be lost silently with its connection. It is taken by a
 * statement of its own, so that the next one sees what the previous holder committed.
 */
export function createLogRepository(database: Database): LogRepository {
  return {
    async sequence() {
      const { rows } = await database.pool.query<{ waiting: boolean }>(
        'SELECT EXISTS (SELECT FROM log_pending) AS waiting',
      );
      if (rows[0]?.waiting !== true) return false;
      return await database.pgTransaction(async (client) => {
        await client.query('SELECT pg_advisory_xact_lock($1)', [advisoryLock]);
        const moved = await client.query<{ taken: number }>({ ...moveBatch, values: [maxBatch] });
        return moved.rows[0]?.taken === maxBatch;
      });
    },
  };
}
