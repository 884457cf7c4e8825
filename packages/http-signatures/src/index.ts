export { acceptSignatureHeader, fulfillableRequest } from './rfc9421/accept-signature.ts';
export { SignatureError, type SignatureErrorCode } from './signature-error.ts';
export { signRequest } from './sign-request.ts';
export type {
  KeySource,
  PublicKeyOfOwner,
  SignatureRequest,
  SignatureScheme,
  SignRequestOptions,
  VerifiedRequest,
  VerifyRequestOptions,
} from './types.ts';
export { signatureKeyIds, verifyRequest } from './verify-request.ts';
