export type OtsErrorCode =
  | 'truncated'
  | 'trailing_bytes'
  | 'bad_magic'
  | 'unsupported_version'
  | 'unknown_op'
  | 'limit_exceeded'
  | 'invalid_uri'
  | 'empty_timestamp'
  | 'different_messages'
  | 'no_such_message'
  | 'invalid_header'
  | 'insufficient_work'
  | 'broken_chain'
  | 'merkle_root_mismatch';

/** Why a proof, a calendar's reply or a block header is refused. Everything this package throws by intent is one of these. */
export class OtsError extends Error {
  readonly code: OtsErrorCode;

  constructor(code: OtsErrorCode, message: string) {
    super(message);
    this.name = 'OtsError';
    this.code = code;
  }
}
