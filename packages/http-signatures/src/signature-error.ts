/**
 * Why a request is not who it says it is; each is a 401.
 * - `signature_missing`: there is no `Signature` header
 * - `signature_invalid`: it is malformed, covers too little, or does not verify with the key
 * - `digest_mismatch`: the body is not the one that was signed
 * - `date_skew`: signed too long ago, too far in the future, or expired
 * - `key_unavailable`: the key could not be had; `cause` says why
 */
export type SignatureErrorCode =
  'signature_missing' | 'signature_invalid' | 'digest_mismatch' | 'date_skew' | 'key_unavailable';

export class SignatureError extends Error {
  override readonly name = 'SignatureError';
  readonly code: SignatureErrorCode;

  constructor(code: SignatureErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}
