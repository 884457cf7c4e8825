export { contentHash, fingerprint, bodyDigest } from './hashes.ts';
export { decodeMultibase, digestMultibase, encodeMultibase, publicKeyMultibase } from './multibase.ts';
export { jcs, quote } from './jcs.ts';
export { claimContext, claimContextText, publicCollection } from './context.ts';
export type { ActivityInput, DocumentText, Visibility } from './activity-text.ts';
export { objectType, type ClaimAsset } from './claim-object.ts';
export { composeCreate, createActivityText, type CreateInput } from './create-activity.ts';
export { updateActivityText, type UpdateInput } from './update-activity.ts';
export { deleteActivityText, type DeleteInput } from './delete-activity.ts';
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
