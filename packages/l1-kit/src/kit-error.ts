/** Stable: clients may decide by these. Each is in the README, with its status. */
export const l1KitErrorCodes = [
  // the browser that comes from L2
  'token_missing',
  'token_malformed',
  'l2_not_allowed',
  'token_revoked',
  'token_refused',
  'l2_unreachable',
  'l2_bad_answer',
  'l2_unavailable',
  // a signed-in request
  'not_signed_in',
  'session_ended',
  'csrf',
  'store_unavailable',
  // a call of L2
  'signature_missing',
  'signature_invalid',
  'digest_mismatch',
  'date_skew',
  'key_unavailable',
  'signer_not_allowed',
  'invalid_body',
  'body_too_large',
  'body_consumed',
  'method_not_allowed',
] as const;

export type L1KitErrorCode = (typeof l1KitErrorCodes)[number];

/** Something that was to be expected; `message` may be shown to whoever asked, and says what to do. */
export class KitError extends Error {
  override readonly name = 'KitError';
  readonly code: L1KitErrorCode;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** L2's own code, where it gave one. */
  readonly l2Code: string | undefined;

  constructor(
    code: L1KitErrorCode,
    status: number,
    message: string,
    o: { cause?: unknown; headers?: Record<string, string>; l2Code?: string | undefined } = {},
  ) {
    super(message, { cause: o.cause });
    this.code = code;
    this.status = status;
    this.headers = o.headers ?? {};
    this.l2Code = o.l2Code;
  }
}
