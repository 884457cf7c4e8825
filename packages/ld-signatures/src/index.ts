export { NotCanonical } from './canonical-hash.ts';
export { bytesToSign, signDocument, verifyDocument, type SignatureOptions, type SignOptions } from './ld-signature.ts';
