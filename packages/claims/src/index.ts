export { contentHash, fingerprint, bodyDigest } from './hashes.ts';
export { decodeMultibase, digestMultibase, encodeMultibase, publicKeyMultibase } from './multibase.ts';
export { jcs, quote } from './jcs.ts';
export { claimContext, claimContextText, publicCollection } from './context.ts';
export {
  composeCreate,
  createActivityText,
  type ClaimAsset,
  type CreateInput,
  type DocumentText,
} from './create-activity.ts';
export {
  attachProof,
  proofOptions,
  proofOptionsText,
  proofText,
  signedText,
  signingInput,
  signingInputOfText,
  verifyProof,
} from './proof.ts';
export { commitment, composeLeaf, leafHash, type LeafInput } from './leaf.ts';
