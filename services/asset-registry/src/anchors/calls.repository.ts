import type { Execute } from '@artdag/messaging';
import { claimMs } from './anchor-timing.ts';

/** Something to ask of a calendar: to take an anchor (`submit`), or what became of its promise (`poll`). */
export interface CallKey {
  merkleRoot: string;
  kind: 'submit' | 'poll';
  /** Base URL. */
  calendar: string;
  /** What it is asked about. */
  commitment: Buffer;
}

/** A call that this process has taken and nobody else makes meanwhile. */
export interface ClaimedCall extends CallKey {
  /** How often it was made, this time included. */
  attempts: number;
  /** The number of the claim: only while it stands may its holder put the call off. */
  claim: string;
}

const perCalendar = 4;
const perTurn = 40;

/*
 * The first due calls of each calendar, and of one that fails just one, to see whether it is back. `ranked` looks without a lock; what another
 * replica takes meanwhile fails the second look at `next_at`.
 */
const claim = `
WITH ranked AS (
  SELECT k.merkle_root, k.kind, k.calendar, k.commitment, c.consecutive_failures,
    row_number() OVER (PARTITION BY k.calendar ORDER BY k.next_at) AS n
  FROM anchor_calls k LEFT JOIN calendars c ON c.url = k.calendar
  WHERE k.next_at <= $1 AND (c.retry_at IS NULL OR c.retry_at <= $1)),
due AS MATERIALIZED (
  SELECT k.merkle_root, k.kind, k.calendar, k.commitment
  FROM anchor_calls k JOIN ranked r USING (merkle_root, kind, calendar, commitment)
  WHERE k.next_at <= $1 AND r.n <= CASE WHEN r.consecutive_failures >= 3 THEN 1 ELSE ${perCalendar} END
  LIMIT ${perTurn} FOR UPDATE OF k SKIP LOCKED)
UPDATE anchor_calls k SET claims = k.claims + 1, attempts = k.attempts + 1,
  next_at = $1::timestamptz + ${claimMs} * interval '1 millisecond'
FROM due d
WHERE (k.merkle_root, k.kind, k.calendar, k.commitment) = (d.merkle_root, d.kind, d.calendar, d.commitment)
RETURNING k.merkle_root, k.kind, k.calendar, k.commitment, k.attempts, k.claims`;

/** A call of an anchor that is through with, which somebody asked for all the same, is not made again by itself. */
const putOff = `
UPDATE anchor_calls k SET problem = $7, next_at = (
  SELECT CASE WHEN a.state <> 'confirmed' AND (a.state <> 'upgraded' OR $8) THEN $6::timestamptz END
  FROM anchors a WHERE a.merkle_root = k.merkle_root)
WHERE merkle_root = $1 AND kind = $2 AND calendar = $3 AND commitment = $4 AND claims = $5 AND next_at IS NOT NULL`;

const finish = `
UPDATE anchor_calls SET done_at = $5, next_at = NULL, problem = NULL
WHERE merkle_root = $1 AND kind = $2 AND calendar = $3 AND commitment = $4`;

const add = `
INSERT INTO anchor_calls (merkle_root, kind, calendar, commitment, created_at, next_at) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (merkle_root, kind, calendar, commitment) DO NOTHING`;

const key = (call: CallKey): unknown[] => [call.merkleRoot, call.kind, call.calendar, call.commitment];

/** Takes calls that are due. */
export async function claimCalls(execute: Execute, now: Date): Promise<ClaimedCall[]> {
  const { rows } = await execute(claim, [now]);
  return rows.map((row) => ({
    merkleRoot: String(row['merkle_root']),
    kind: row['kind'] === 'submit' ? 'submit' : 'poll',
    calendar: String(row['calendar']),
    commitment: row['commitment'] as Buffer,
    attempts: Number(row['attempts']),
    claim: String(row['claims']),
  }));
}

/** Has a claimed call made again later; `problem` is why, null when all was in order. */
export async function putOffCall(
  execute: Execute,
  call: ClaimedCall,
  o: { nextAt: Date; problem: string | null; checksHeaders: boolean },
): Promise<void> {
  await execute(putOff, [...key(call), call.claim, o.nextAt, o.problem, o.checksHeaders]);
}

/** Whoever has the answer has it, so no claim is asked for. */
export async function finishCall(execute: Execute, call: CallKey, at: Date): Promise<void> {
  await execute(finish, [...key(call), at]);
}

/** Adds a call unless it is there already. */
export async function addCall(execute: Execute, call: CallKey, o: { at: Date; nextAt: Date }): Promise<void> {
  await execute(add, [...key(call), o.at, o.nextAt]);
}

export interface SubmitCall {
  calendar: string;
  attempts: number;
  accepted: boolean;
}

/** The calendars that an anchor was, or is to be, given to. */
export async function submitCallsOf(execute: Execute, merkleRoot: string): Promise<SubmitCall[]> {
  const { rows } = await execute(
    `SELECT calendar, attempts, done_at IS NOT NULL AS accepted FROM anchor_calls WHERE merkle_root = $1 AND kind = 'submit' ORDER BY created_at, calendar`,
    [merkleRoot],
  );
  return rows as unknown as SubmitCall[];
}

/** Has an anchor given to a calendar once more, as if it had never been. */
export async function submitAgain(execute: Execute, merkleRoot: string, calendar: string, at: Date): Promise<void> {
  await execute(
    `UPDATE anchor_calls SET next_at = $3, attempts = 0 WHERE merkle_root = $1 AND kind = 'submit' AND calendar = $2`,
    [merkleRoot, calendar, at],
  );
}
