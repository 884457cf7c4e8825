export { SignatureError, type SignatureErrorCode } from './signature-error.ts';
export { signRequest } from './sign-request.ts';
export type {
  KeySource,
  PublicKeyOfOwner,
  SignRequestOptions,
  VerifiedRequest,
  VerifyRequestOptions,
} from './types.ts';
export { signatureKeyId, verifyRequest } from './verify-request.ts';
