import type { BlockAttestation } from './attestation.ts';
import { checkProofOfWork, type BlockHeader, type WorkFloor } from './block-header.ts';
import { equalBytes } from './bytes.ts';
import { OtsError } from './ots-error.ts';
import { attestationsOf, type Attested, type Timestamp } from './timestamp.ts';

export type BitcoinAttestation = BlockAttestation & { readonly kind: 'bitcoin' };

/** The Bitcoin attestations of a proof, the lowest block first. */
export function bitcoinAttestationsOf(timestamp: Timestamp): Attested<BitcoinAttestation>[] {
  return attestationsOf(timestamp)
    .flatMap(({ message, attestation }) =>
      attestation.kind === 'bitcoin' ? [{ message, attestation: { ...attestation, kind: 'bitcoin' as const } }] : [],
    )
    .sort((a, b) => a.attestation.height - b.attestation.height);
}

/** The calendars that promised to attest later, each with the message to ask it about. */
export function pendingAttestationsOf(timestamp: Timestamp): { message: Uint8Array; uri: string }[] {
  return attestationsOf(timestamp).flatMap(({ message, attestation }) =>
    attestation.kind === 'pending' ? [{ message, uri: attestation.uri }] : [],
  );
}

/**
 * Checks that a block header commits to what is attested. That the header is the one at that height of the chain that the caller believes
 * in, is for the caller to know.
 *
 * @returns the block's time, unix seconds: the message existed before it
 * @throws OtsError `merkle_root_mismatch` or `insufficient_work`
 */
export function verifyBitcoinAttestation(
  { message }: Attested<BitcoinAttestation>,
  header: BlockHeader,
  floor: WorkFloor,
): number {
  checkProofOfWork(header, floor);
  if (!equalBytes(message, header.merkleRoot))
    throw new OtsError('merkle_root_mismatch', "What is attested is not the merkle root of the block's header.");
  return header.time;
}
