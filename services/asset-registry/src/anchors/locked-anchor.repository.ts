import type { Execute } from '@artdag/messaging';
import { attestationName, attestationsIn } from './anchor-proof.ts';
import { stateOf, type AnchorState } from './anchor-state.ts';
import { operatorOf } from './calendars/calendar-url.ts';

/** An anchor whose row the transaction has locked: whoever changes its proof, its calls or its state holds this. */
export interface LockedAnchor {
  merkle_root: string;
  log_size: string;
  checkpoint: string;
  nonce: Buffer;
  state: AnchorState;
  ots_proof: Buffer | null;
  refuted: string[];
  stale_rounds: number;
  version: number;
}

const columns = 'merkle_root, log_size, checkpoint, nonce, state, ots_proof, refuted, stale_rounds, version';

/** Waits for whoever else is at it. Undefined when there is no such anchor. */
export async function lockAnchor(execute: Execute, merkleRoot: string): Promise<LockedAnchor | undefined> {
  const { rows } = await execute(`SELECT ${columns} FROM anchors WHERE merkle_root = $1 FOR UPDATE`, [merkleRoot]);
  return rows[0] as unknown as LockedAnchor | undefined;
}

export interface SettleOptions {
  now: Date;
  wantedOperators: number;
  /** Whether headers are checked: without, a block that is named is the end of the way. */
  checksHeaders: boolean;
}

const accepted = `SELECT DISTINCT calendar FROM anchor_calls WHERE merkle_root = $1 AND kind = 'submit' AND done_at IS NOT NULL`;

const write = `
UPDATE anchors SET state = $2, ots_proof = $3, refuted = $4, stale_rounds = $5,
  submitted_at = CASE WHEN $6 THEN COALESCE(submitted_at, $8::timestamptz) ELSE submitted_at END,
  upgraded_at = CASE WHEN $7 THEN COALESCE(upgraded_at, $8::timestamptz) END,
  header_check_at = CASE WHEN $9 THEN COALESCE($10::timestamptz, header_check_at) END
WHERE merkle_root = $1`;

const stopCalls = 'UPDATE anchor_calls SET next_at = NULL WHERE merkle_root = $1 AND next_at IS NOT NULL';

/**
 * Writes a locked anchor back, with the state that its proof and its calls amount to. Once there is nothing left to learn, its calls rest; what was
 * promised stays in the proof.
 *
 * @param headerCheckAt when to look for its blocks next; undefined leaves that as it is
 */
export async function settleAnchor(
  execute: Execute,
  anchor: LockedAnchor,
  o: SettleOptions,
  headerCheckAt?: Date,
): Promise<AnchorState> {
  const { rows } = await execute(accepted, [anchor.merkle_root]);
  const operators = new Set(rows.map((row) => operatorOf(String(row['calendar'])))).size;
  const attestations = attestationsIn(anchor.ots_proof);
  const attested = attestations.some((found) => !anchor.refuted.includes(attestationName(found)));
  const confirmed = anchor.state === 'confirmed';
  const late = anchor.stale_rounds > 0;
  const state = stateOf({ confirmed, attested, late, operators, wantedOperators: o.wantedOperators });
  const isToCheck = o.checksHeaders && !confirmed && attestations.length > 0;
  const facts = [anchor.ots_proof, anchor.refuted, anchor.stale_rounds, operators > 0, attested || confirmed];
  await execute(write, [anchor.merkle_root, state, ...facts, o.now, isToCheck, headerCheckAt ?? null]);
  if (confirmed || (attested && !o.checksHeaders)) await execute(stopCalls, [anchor.merkle_root]);
  return state;
}
