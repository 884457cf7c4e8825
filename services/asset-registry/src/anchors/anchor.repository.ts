import type { Execute } from '@artdag/messaging';
import type { AnchorState } from './anchor-state.ts';

/** An anchor as it is stored, without its proof and its block headers. */
export interface AnchorRow {
  merkle_root: string;
  log_size: string;
  activity_count: string;
  state: AnchorState;
  created_at: Date;
  submitted_at: Date | null;
  upgraded_at: Date | null;
  confirmed_at: Date | null;
  bitcoin_height: string | null;
  block_time: Date | null;
  header_problem: string | null;
  stale_rounds: number;
  has_proof: boolean;
}

export interface AnchorEvidence {
  checkpoint: string;
  ots_proof: Buffer | null;
  block_headers: Buffer | null;
  refuted: string[];
}

/** What was asked of a calendar for an anchor. */
export interface CallRow {
  merkle_root: string;
  kind: 'submit' | 'poll';
  calendar: string;
  commitment: Buffer;
  done_at: Date | null;
  attempts: number;
  next_at: Date | null;
  problem: string | null;
}

export interface AnchorRepository {
  /** The newest first; one more than `limit` when there are more. */
  list(state: AnchorState | undefined, limit: number, offset: number): Promise<AnchorRow[]>;
  count(state: AnchorState | undefined): Promise<number>;
  find(merkleRoot: string): Promise<(AnchorRow & AnchorEvidence) | undefined>;
  /** Undefined when there is no such anchor; null when no calendar has answered yet. */
  findProof(merkleRoot: string): Promise<Buffer | null | undefined>;
  callsOf(merkleRoots: readonly string[]): Promise<CallRow[]>;
  /** Of the anchors whose tree has this leaf: the first that is confirmed, else the first that is attested, else the first. */
  findCovering(logIndex: number): Promise<(AnchorRow & AnchorEvidence) | undefined>;
  /** Has everything that is left to ask for it asked now, promises of finished anchors too. False when there is no such anchor. */
  askAgain(merkleRoot: string, now: Date): Promise<boolean>;
}

const columns = `merkle_root, log_size, activity_count, state, created_at, submitted_at, upgraded_at, confirmed_at, bitcoin_height, block_time,
  header_problem, stale_rounds, ots_proof IS NOT NULL AS has_proof`;
const evidence = 'checkpoint, ots_proof, block_headers, refuted';

/** One look at the first anchor of each rank, each by the index of sizes. */
const covering = `
SELECT ${columns}, ${evidence} FROM anchors WHERE log_size = COALESCE(
  (SELECT log_size FROM anchors WHERE log_size > $1 AND state = 'confirmed' ORDER BY log_size LIMIT 1),
  (SELECT log_size FROM anchors WHERE log_size > $1 AND state = 'upgraded' ORDER BY log_size LIMIT 1),
  (SELECT log_size FROM anchors WHERE log_size > $1 ORDER BY log_size LIMIT 1))`;

const calls = `
SELECT merkle_root, kind, calendar, commitment, done_at, attempts, next_at, problem
FROM anchor_calls WHERE merkle_root = ANY ($1::text[]) ORDER BY created_at, calendar`;

const askAll = `
WITH known AS (
  UPDATE anchors SET header_check_at = CASE WHEN header_check_at IS NOT NULL THEN $2::timestamptz END
  WHERE merkle_root = $1 RETURNING merkle_root),
polls AS (
  UPDATE anchor_calls SET next_at = $2 WHERE merkle_root = $1 AND kind = 'poll' AND done_at IS NULL RETURNING calendar),
submissions AS (
  UPDATE anchor_calls SET next_at = $2 WHERE merkle_root = $1 AND kind = 'submit' AND next_at IS NOT NULL RETURNING calendar),
freed AS (
  UPDATE calendars SET retry_at = NULL WHERE url IN (SELECT calendar FROM polls UNION SELECT calendar FROM submissions))
SELECT merkle_root FROM known`;

export function createAnchorRepository(execute: Execute): AnchorRepository {
  const select = async <T>(sql: string, values: readonly unknown[]): Promise<T[]> =>
    (await execute(sql, values)).rows as unknown as T[];
  return {
    list: (state, limit, offset) =>
      select(
        `SELECT ${columns} FROM anchors WHERE $1::text IS NULL OR state = $1 ORDER BY log_size DESC LIMIT $2 OFFSET $3`,
        [state ?? null, limit + 1, offset],
      ),
    async count(state) {
      const [row] = await select<{ n: number }>(
        'SELECT count(*)::int AS n FROM anchors WHERE $1::text IS NULL OR state = $1',
        [state ?? null],
      );
      return row?.n ?? 0;
    },
    async find(merkleRoot) {
      const sql = `SELECT ${columns}, ${evidence} FROM anchors WHERE merkle_root = $1`;
      return (await select<AnchorRow & AnchorEvidence>(sql, [merkleRoot]))[0];
    },
    async findProof(merkleRoot) {
      const sql = 'SELECT ots_proof FROM anchors WHERE merkle_root = $1';
      return (await select<{ ots_proof: Buffer | null }>(sql, [merkleRoot]))[0]?.ots_proof;
    },
    callsOf: (merkleRoots) => select(calls, [merkleRoots]),
    findCovering: async (logIndex) => (await select<AnchorRow & AnchorEvidence>(covering, [logIndex]))[0],
    askAgain: async (merkleRoot, now) => (await select(askAll, [merkleRoot, now])).length > 0,
  };
}
