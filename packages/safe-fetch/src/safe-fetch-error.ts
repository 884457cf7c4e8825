/**
 * - `address_refused`: the host is, or resolves to, an address that must not be called
 * - `url_refused`: not an http(s) URL that may be called at all
 * - `timeout`: connecting, or the whole exchange, took too long
 * - `too_large`: the answer is over its cap, counted after decompression
 * - `unreachable`: DNS, TCP, TLS or HTTP failed, or the answer's body is broken
 * - `redirect_refused`: a redirect that was not asked for, one too many, or one that leads nowhere
 * - `content_type_refused`: a successful answer of another type than the caller takes
 */
export type SafeFetchErrorCode =
  | 'address_refused'
  | 'url_refused'
  | 'timeout'
  | 'too_large'
  | 'unreachable'
  | 'redirect_refused'
  | 'content_type_refused';

/** What every failure of a safe fetch is. The message names host and path, never the query string. */
export class SafeFetchError extends Error {
  override readonly name = 'SafeFetchError';
  readonly code: SafeFetchErrorCode;

  constructor(code: SafeFetchErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}
