export { assertCalendarUri, type Attestation, type BlockAttestation } from './attestation.ts';
export {
  bitcoinNetworks,
  blockHeaderBytes,
  checkHeaderChain,
  checkProofOfWork,
  displayHash,
  parseBlockHeader,
  presentWork,
  type BlockHeader,
  type WorkFloor,
} from './block-header.ts';
export { otsMediaType, readDetached, writeDetached, type DetachedTimestamp } from './detached-timestamp.ts';
export { limits } from './limits.ts';
export { append, applyOp, prepend, sha256, type HashName, type Op } from './op.ts';
export { OtsError, type OtsErrorCode } from './ots-error.ts';
export { readCalendarReply, readTimestamp } from './read-timestamp.ts';
export {
  attestationsOf,
  attested,
  graft,
  mergeTimestamps,
  timestampThrough,
  type Attested,
  type Branch,
  type Timestamp,
} from './timestamp.ts';
export {
  bitcoinAttestationsOf,
  pendingAttestationsOf,
  verifyBitcoinAttestation,
  type BitcoinAttestation,
} from './verify-attestation.ts';
export { writeTimestamp } from './write-timestamp.ts';
