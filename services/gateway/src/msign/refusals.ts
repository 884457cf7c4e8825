import { AppError, RETRY_AFTER_SECONDS } from '@artdag/service-kit';

/** What identity may say of a signature that does not count. */
export const refusedCodes = ['bad_signature', 'key_expired', 'key_revoked', 'replayed', 'account_disabled'] as const;
export type RefusedCode = (typeof refusedCodes)[number];

/** The answers to signed requests that are not good (public-key-auth.md §4). None repeats anything of the header. */
export interface MSignRefusals {
  malformed(reason: string): AppError;
  /** @param now unix seconds, by which the client may correct its clock */
  skewed(now: number): AppError;
  wrongHost(): AppError;
  of(code: RefusedCode): AppError;
}

const messages: Record<Exclude<RefusedCode, 'account_disabled'>, string> = {
  bad_signature:
    'The signature is not one of a key of this handle over this request. Check the key, the method, the host, the path with its query, and the body.',
  key_expired: 'The key that signed this request has expired. Sign with another one.',
  key_revoked: 'The key that signed this request was revoked. Sign with another one.',
  replayed: 'This very request was made before. Sign it again, with the time of now.',
};

/** @param realm of the challenge that goes with every 401 */
export function createMSignRefusals(realm: string): MSignRefusals {
  const headers = { 'www-authenticate': `MSign realm="${realm}"` };
  return {
    malformed: (reason) =>
      new AppError(
        'msign_malformed',
        401,
        `The Authorization header cannot be read: ${reason}. Send it once, as MSign handle="…" ts=… sig="…".`,
        { headers },
      ),
    skewed: (now) =>
      new AppError(
        'msign_skew',
        401,
        'The time of this signature is more than 30 s away from ours. Set the clock by server_time and sign again.',
        { headers, members: { server_time: now } },
      ),
    wrongHost: () =>
      new AppError(
        'msign_host',
        401,
        'Signed requests are taken under the public host names of this server only. Use one of them as Host.',
        { headers },
      ),
    of(code) {
      if (code === 'account_disabled') return new AppError(code, 403, 'This account is disabled.');
      return new AppError(code, 401, messages[code], { headers });
    },
  };
}

/** 429 while the bodies of signed requests fill their place. */
export function busy(): AppError {
  return new AppError('busy', 429, 'Too many bodies of signed requests are under way; send it again shortly.', {
    headers: { 'retry-after': String(RETRY_AFTER_SECONDS) },
  });
}

/** 408 for a body that did not come within its time. */
export function bodyTooSlow(ms: number): AppError {
  return new AppError('body_too_slow', 408, `The body of a signed request has to arrive within ${ms / 1000} s.`, {
    headers: { connection: 'close' },
  });
}

/** 400 for a path and query that no signature is verified over. */
export function unsignable(maxChars: number): AppError {
  const message = `A signed request has a path and query of at most ${maxChars} characters of ASCII. Percent-encode the rest.`;
  return new AppError('invalid_path', 400, message);
}

/** Nobody sees it: the client is gone. */
export function clientGone(): AppError {
  return new AppError('request_aborted', 400, 'The body ended before its announced end.');
}
