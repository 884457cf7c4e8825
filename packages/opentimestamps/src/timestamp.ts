import { compareAttestations, type Attestation } from './attestation.ts';
import { equalBytes } from './bytes.ts';
import { applyOp, compareOps, type Op } from './op.ts';
import { OtsError } from './ots-error.ts';

/** An operation and what it leads to: `timestamp.message` is the operation's result. */
export interface Branch {
  readonly op: Op;
  readonly timestamp: Timestamp;
}

/**
 * A proof that a message existed: what attests to it, and which operations lead from it to further messages that something attests to.
 * Immutable; attestations and branches are in the reference's order, none of them twice.
 */
export interface Timestamp {
  readonly message: Uint8Array;
  readonly attestations: readonly Attestation[];
  readonly branches: readonly Branch[];
}

/** An attestation and the very message that it is about. */
export interface Attested<A extends Attestation = Attestation> {
  readonly message: Uint8Array;
  readonly attestation: A;
}

/** A timestamp on a message that has only attestations. */
export function attested(message: Uint8Array, ...attestations: Attestation[]): Timestamp {
  return { message, attestations: distinct(attestations, compareAttestations), branches: [] };
}

/**
 * The timestamp that leads from a message over these operations to what `last` makes of the message at their end.
 *
 * @throws OtsError `limit_exceeded` when a message gets too long, `different_messages` when `last` answers for another message
 */
export function timestampThrough(
  message: Uint8Array,
  ops: readonly Op[],
  last: (message: Uint8Array) => Timestamp,
): Timestamp {
  const [op, ...rest] = ops;
  if (op === undefined) {
    const end = last(message);
    if (!equalBytes(end.message, message)) throw differentMessages();
    return end;
  }
  const timestamp = timestampThrough(applyOp(op, message), rest, last);
  return { message, attestations: [], branches: [{ op, timestamp }] };
}

/**
 * Both proofs of one message as one.
 *
 * @throws OtsError `different_messages`: a proof says nothing of any other message
 */
export function mergeTimestamps(a: Timestamp, b: Timestamp): Timestamp {
  if (!equalBytes(a.message, b.message)) throw differentMessages();
  const branches = [...a.branches];
  for (const { op, timestamp } of b.branches) {
    const at = branches.findIndex((branch) => compareOps(branch.op, op) === 0);
    const known = branches[at];
    if (known === undefined) branches.push({ op, timestamp });
    else branches[at] = { op, timestamp: mergeTimestamps(known.timestamp, timestamp) };
  }
  return {
    message: a.message,
    attestations: distinct([...a.attestations, ...b.attestations], compareAttestations),
    branches: branches.sort((x, y) => compareOps(x.op, y.op)),
  };
}

/**
 * The proof with a further one joined in wherever it passes through that one's message: so a calendar's answer for a commitment completes
 * the proof that leads to the commitment. Nothing is taken away.
 *
 * @throws OtsError `no_such_message` when the proof does not pass there
 */
export function graft(timestamp: Timestamp, addition: Timestamp): Timestamp {
  const grafted = graftWhere(timestamp, addition);
  if (grafted === undefined)
    throw new OtsError('no_such_message', 'The proof does not pass through the message of what should be added.');
  return grafted;
}

function graftWhere(timestamp: Timestamp, addition: Timestamp): Timestamp | undefined {
  if (equalBytes(timestamp.message, addition.message)) return mergeTimestamps(timestamp, addition);
  let found = false;
  const branches = timestamp.branches.map((branch) => {
    const grafted = graftWhere(branch.timestamp, addition);
    if (grafted === undefined) return branch;
    found = true;
    return { op: branch.op, timestamp: grafted };
  });
  return found ? { ...timestamp, branches } : undefined;
}

/** Every attestation of the proof with the message that it is about, in the order of the file. */
export function attestationsOf(timestamp: Timestamp): Attested[] {
  const own = timestamp.attestations.map((attestation) => ({ message: timestamp.message, attestation }));
  return [...own, ...timestamp.branches.flatMap((branch) => attestationsOf(branch.timestamp))];
}

/** Sorted, and of those that compare as equal the last one only, which is what the reference keeps. */
export function distinct<T>(items: readonly T[], compare: (a: T, b: T) => number): T[] {
  const sorted = [...items].sort(compare);
  return sorted.filter((item, i) => {
    const next = sorted[i + 1];
    return next === undefined || compare(item, next) !== 0;
  });
}

function differentMessages(): OtsError {
  return new OtsError('different_messages', 'Timestamps of different messages do not belong together.');
}
