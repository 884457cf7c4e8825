import {
  append,
  applyOp,
  bitcoinAttestationsOf,
  graft,
  pendingAttestationsOf,
  readDetached,
  sha256,
  timestampThrough,
  writeDetached,
  type Attested,
  type BitcoinAttestation,
  type Timestamp,
} from '@artdag/opentimestamps';

const utf8 = new TextEncoder();

/** What is anchored: SHA-256 of the checkpoint with the log's signature. 32 bytes. */
function digestOf(checkpoint: string): Uint8Array {
  return applyOp(sha256, utf8.encode(checkpoint));
}

/** What calendars get to see: SHA-256 of digest and nonce, so that they learn nothing that they could guess at. 32 bytes. */
export function commitmentOf(checkpoint: string, nonce: Uint8Array): Uint8Array {
  return applyOp(sha256, applyOp(append(nonce), digestOf(checkpoint)));
}

export interface ProofStart {
  checkpoint: string;
  nonce: Uint8Array;
  /** The `.ots` file so far. */
  proof: Uint8Array | null;
}

/**
 * The `.ots` file with a calendar's answer in it, whether that is to the commitment or to a promise further on.
 *
 * @throws OtsError when the answer does not belong to the proof, or nobody could read the result
 */
export function addAnswer({ checkpoint, nonce, proof }: ProofStart, answer: Timestamp): Uint8Array {
  const timestamp =
    proof === null
      ? timestampThrough(digestOf(checkpoint), [append(nonce), sha256], () => answer)
      : graft(readDetached(proof).timestamp, answer);
  return writeDetached({ hash: 'sha256', timestamp });
}

/** The Bitcoin attestations of a `.ots` file, the lowest block first. */
export function attestationsIn(proof: Uint8Array | null): Attested<BitcoinAttestation>[] {
  return proof === null ? [] : bitcoinAttestationsOf(readDetached(proof).timestamp);
}

/** How an attestation is named in `anchors.refuted`. */
export function attestationName({ attestation, message }: Attested<BitcoinAttestation>): string {
  return `${attestation.height}:${Buffer.from(message).toString('hex')}`;
}

export function isAttestedByBitcoin(answer: Timestamp): boolean {
  return bitcoinAttestationsOf(answer).length > 0;
}

/** Real calendars promise about 44 bytes; what is asked for stands in a URL. */
const maxPromisedBytes = 128;
const maxPromises = 4;

/** Whom an answer says to ask later, and about what: a few at most. */
export function promisesOf(answer: Timestamp): { message: Uint8Array; uri: string }[] {
  return pendingAttestationsOf(answer)
    .filter(({ message }) => message.length <= maxPromisedBytes)
    .slice(0, maxPromises);
}
