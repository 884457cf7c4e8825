import type { Database } from '@artdag/database/registry';
import type { PoolClient } from 'pg';
import { pinColumns, type PinRow } from '../pins/pin-row.ts';
import { maxSizeBytes, type Finding } from '../providers/copy.ts';
import type { ClaimedStorage } from './check-claim.repository.ts';
import { nextCheckAt } from './check-times.ts';
import { judge, type CheckResult, type Verdict } from './judge.ts';

/** What a check saw, of which copy. */
export interface SeenCheck extends Pick<Finding, 'message' | 'sizeBytes' | 'etag'> {
  storage: ClaimedStorage;
  contentHash: string;
  result: CheckResult;
  at: Date;
  latencyMs: number;
}

export interface CheckRepository {
  /** Writes a check down: the pin's status, its history, when it is next. Nothing when the claim is lost or the pin gone. */
  settle(seen: SeenCheck, o: { now: Date; intervalMs: number }): Promise<Verdict | undefined>;
  /** How many pins there are, of everybody's, by status. */
  countPins(): Promise<Map<string, number>>;
}

export function createCheckRepository(database: Database): CheckRepository {
  return {
    settle: (seen, o) => database.pgTransaction((client) => settle(client, seen, o), { system: true }),
    async countPins() {
      const text = 'SELECT status, count(*)::int AS n FROM storage_pins GROUP BY status';
      const { rows } = await database.pgStatement<{ status: string; n: number }>({ text }, { system: true });
      return new Map(rows.map(({ status, n }) => [status, n]));
    },
  };
}

async function settle(
  client: PoolClient,
  seen: SeenCheck,
  o: { now: Date; intervalMs: number },
): Promise<Verdict | undefined> {
  const { storage, contentHash } = seen;
  if ((await client.query(holdClaim, [storage.id, storage.check_claim])).rows.length === 0) return undefined;
  const { rows } = await client.query<PinRow>(pinForUpdate, [storage.id, contentHash]);
  const pin = rows[0];
  if (pin === undefined) return undefined;
  const verdict = judge(pin, seen.result, seen.at);
  await writePin(client, pin, seen, { verdict, next: nextCheckAt(verdict, seen.result, o) });
  const { status } = verdict.state;
  const row = [seen.result, seen.message, seen.latencyMs, status, verdict.isChange];
  await client.query(insertCheck, [storage.id, contentHash, seen.at, storage.actor_id, ...row]);
  await client.query(thinOut, [storage.id, contentHash, seen.at]);
  return verdict;
}

const holdClaim = 'SELECT 1 FROM user_storage WHERE id = $1 AND check_claim = $2 FOR NO KEY UPDATE';
const pinForUpdate = `SELECT ${pinColumns} FROM storage_pins WHERE storage_id = $1 AND content_hash = $2 FOR UPDATE`;

const insertCheck = `INSERT INTO storage_checks (storage_id, content_hash, at, actor_id, result, message, latency_ms, status, is_change)
  VALUES ($1, $2, $3, $4, $5, left($6, 300), $7, $8, $9) ON CONFLICT DO NOTHING`;

/** Changes stay; of what repeats itself the latest thirty of ninety days. A provider that flickers for years loses the oldest. */
const thinOut = `
DELETE FROM storage_checks WHERE storage_id = $1 AND content_hash = $2 AND (
  (NOT is_change AND (at < $3::timestamptz - interval '90 days' OR at < (
    SELECT at FROM storage_checks WHERE storage_id = $1 AND content_hash = $2 AND NOT is_change ORDER BY at DESC OFFSET 29 LIMIT 1)))
  OR (is_change AND at < (
    SELECT at FROM storage_checks WHERE storage_id = $1 AND content_hash = $2 AND is_change ORDER BY at DESC OFFSET 999 LIMIT 1)))`;

const updatePin = `UPDATE storage_pins SET status = $3, status_since = $4, suspected = $5, suspected_since = $6, last_checked_at = $7,
  next_check_at = $8, size_bytes = coalesce(size_bytes, $9), etag = coalesce(etag, $10) WHERE storage_id = $1 AND content_hash = $2`;

/** Size and ETag are kept as first seen, so that a later look can compare. */
async function writePin(
  client: PoolClient,
  pin: PinRow,
  seen: SeenCheck,
  { verdict: { state }, next }: { verdict: Verdict; next: Date },
): Promise<void> {
  const isThere = seen.result === 'present';
  const [size, etag] = isThere ? [sensible(seen.sizeBytes), seen.etag ?? null] : [null, null];
  const columns = [state.status, state.status_since, state.suspected, state.suspected_since, seen.at, next];
  await client.query(updatePin, [pin.storage_id, pin.content_hash, ...columns, size, etag]);
  if (pin.size_bytes !== null || size === null) return;
  await client.query('UPDATE user_storage SET used_bytes = used_bytes + $2 WHERE id = $1', [pin.storage_id, size]);
}

/** A provider may say anything. */
const sensible = (sizeBytes: number | undefined): number | null =>
  sizeBytes !== undefined && sizeBytes <= maxSizeBytes ? sizeBytes : null;
