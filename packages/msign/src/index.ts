export { bodyDigest, emptyBodyDigest } from './body-digest.ts';
export { decodeBase64 } from './base64.ts';
export { formatCredentials } from './format.ts';
export { fingerprintOf, fingerprintPattern, normaliseFingerprint } from './fingerprint.ts';
export { MSignMalformed, type MSignCredentials, parseCredentials } from './parse.ts';
export {
  isWeakKey,
  publicKeyBytes,
  publicKeyFromBytes,
  rawPublicKey,
  signatureBytes,
  verifySignature,
} from './public-key.ts';
export { signRequest, textOf, type RequestToSign } from './sign-request.ts';
export { legacyText, normaliseHost, signedText, type SignedRequest } from './signed-text.ts';
