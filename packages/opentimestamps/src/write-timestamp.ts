import { writeAttestation } from './attestation.ts';
import { concat } from './bytes.ts';
import { limits } from './limits.ts';
import { writeOp } from './op.ts';
import { OtsError } from './ots-error.ts';
import type { Timestamp } from './timestamp.ts';

/**
 * The bytes of a timestamp, without a file header: the same that the reference writes.
 *
 * @throws OtsError `empty_timestamp` when a branch ends without an attestation, `limit_exceeded` when nobody could read it again
 */
export function writeTimestamp(timestamp: Timestamp): Uint8Array {
  return concat(partsOf(timestamp, limits.depth));
}

function partsOf(timestamp: Timestamp, depth: number): Uint8Array[] {
  if (depth === 0) throw new OtsError('limit_exceeded', `A proof is deeper than ${limits.depth}.`);
  const items = [
    ...timestamp.attestations.map((attestation) => [Uint8Array.of(0x00), writeAttestation(attestation)]),
    ...timestamp.branches.map((branch) => [writeOp(branch.op), ...partsOf(branch.timestamp, depth - 1)]),
  ];
  if (items.length === 0) throw new OtsError('empty_timestamp', 'A branch ends without an attestation.');
  return items.flatMap((item, i) => (i < items.length - 1 ? [Uint8Array.of(0xff), ...item] : item));
}
