import { displayHash, pendingAttestationsOf, readDetached } from '@artdag/opentimestamps';
import { attestationName, attestationsIn } from './anchor-proof.ts';
import type { AnchorEvidence, AnchorRow, CallRow } from './anchor.repository.ts';
import { operatorOf } from './calendars/calendar-url.ts';

export interface ViewOptions {
  wantedOperators: number;
  checksHeaders: boolean;
}

const text = (date: Date | null): string | null => date?.toISOString() ?? null;

/** An anchor as the list shows it. */
export function anchorView(row: AnchorRow, calls: readonly CallRow[], o: ViewOptions) {
  const submissions = calls.filter((call) => call.merkle_root === row.merkle_root && call.kind === 'submit');
  return {
    merkle_root: row.merkle_root,
    log_size: Number(row.log_size),
    activity_count: Number(row.activity_count),
    state: row.state,
    summary: summaryOf(row, submissions, o),
    created_at: row.created_at.toISOString(),
    submitted_at: text(row.submitted_at),
    upgraded_at: text(row.upgraded_at),
    confirmed_at: text(row.confirmed_at),
    bitcoin_height: row.bitcoin_height === null ? null : Number(row.bitcoin_height),
    block_time: text(row.block_time),
    header_problem: row.header_problem,
    proof: row.has_proof ? `/anchors/${row.merkle_root}/proof.ots` : null,
    calendars: submissions.map(({ calendar, done_at, attempts, next_at, problem }) => ({
      calendar,
      operator: operatorOf(calendar),
      accepted_at: text(done_at),
      attempts,
      next_attempt_at: text(next_at),
      problem,
    })),
  };
}

/** The state in words. */
function summaryOf(row: AnchorRow, submissions: readonly CallRow[], o: ViewOptions): string {
  const accepted = new Set(
    submissions.filter((call) => call.done_at !== null).map((call) => operatorOf(call.calendar)),
  );
  const taken = `taken by calendars of ${accepted.size} of ${o.wantedOperators} operators`;
  switch (row.state) {
    case 'queued':
      return 'no calendar has taken it yet';
    case 'submitted':
      return taken;
    case 'pending':
      return 'taken by calendars, waits for a Bitcoin block';
    case 'upgraded':
      return o.checksHeaders ? 'attested, header not checked yet' : 'attested, header not checked';
    case 'confirmed':
      return `confirmed by Bitcoin block ${row.bitcoin_height}`;
    case 'stale':
      return accepted.size === 0
        ? 'no calendar has taken it for a day; it is tried on'
        : 'no Bitcoin block for a day; submitted elsewhere, and calendars are asked on';
  }
  return row.state satisfies never;
}

/** An anchor with all that proves it. */
export function anchorDetailView(row: AnchorRow & AnchorEvidence, calls: readonly CallRow[], o: ViewOptions) {
  return {
    ...anchorView(row, calls, o),
    checkpoint: row.checkpoint,
    attestations: attestationViews(row),
    promises: promiseViews(row, calls),
    block_headers: row.block_headers === null ? [] : cut(row.block_headers, 80).map((header) => header.toString('hex')),
  };
}

/** Which blocks the proof names, and what is known of them. */
function attestationViews(row: AnchorRow & AnchorEvidence) {
  return attestationsIn(row.ots_proof).map((found) => {
    const { height } = found.attestation;
    const isProven = row.state === 'confirmed' && String(height) === row.bitcoin_height;
    const isRefuted = row.refuted.includes(attestationName(found));
    return {
      bitcoin_height: height,
      block_merkle_root: displayHash(found.message),
      header: isProven ? ('checked' as const) : isRefuted ? ('mismatch' as const) : ('not_checked' as const),
    };
  });
}

/** Every promise in the proof, also those in the name of calendars that nobody asks. */
function promiseViews(row: AnchorRow & AnchorEvidence, calls: readonly CallRow[]) {
  if (row.ots_proof === null) return [];
  const polls = calls.filter((call) => call.merkle_root === row.merkle_root && call.kind === 'poll');
  return pendingAttestationsOf(readDetached(row.ots_proof).timestamp).map(({ message, uri }) => {
    const commitment = Buffer.from(message);
    const poll = polls.find((call) => uri.startsWith(call.calendar) && call.commitment.equals(commitment));
    return {
      calendar: uri,
      commitment: commitment.toString('hex'),
      asked: poll !== undefined,
      attempts: poll?.attempts ?? 0,
      kept_at: text(poll?.done_at ?? null),
      next_attempt_at: text(poll?.next_at ?? null),
      problem: poll?.problem ?? null,
    };
  });
}

function cut(bytes: Buffer, length: number): Buffer[] {
  return Array.from({ length: Math.floor(bytes.length / length) }, (_, i) =>
    bytes.subarray(i * length, (i + 1) * length),
  );
}
