import { createHmac, timingSafeEqual } from 'node:crypto';

/** What a request that a cookie authenticates says about where it comes from. Headers as received, undefined without. */
export interface CsrfEvidence {
  method: string;
  origin: string | undefined;
  secFetchSite: string | undefined;
  /** `X-CSRF-Token`, or a form's `_csrf`. */
  csrfToken: string | undefined;
  /** The value of the cookie that authenticates the request; undefined: no token can be right. */
  sessionSecret: string | undefined;
  /** See publicOriginsOf. */
  publicOrigins: readonly string[];
}

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Whether a method may change something (RFC 9110 §9.2.1). */
export function isUnsafeMethod(method: string): boolean {
  return !safeMethods.has(method);
}

/**
 * Whether a request that is authenticated by cookie may have been made by another site, and must be refused with 403
 * `csrf`. Siblings on the parent domain send our cookies too, so `Origin` is compared as a whole (credentials.md §2).
 */
export function isCrossSiteRequest(o: CsrfEvidence): boolean {
  if (!isUnsafeMethod(o.method)) return false;
  if (o.origin !== undefined && o.publicOrigins.includes(o.origin)) return false;
  if (o.secFetchSite === 'same-origin') return false;
  return !isTokenOf(o.sessionSecret, o.csrfToken);
}

/**
 * The token of a form, 43 characters: base64url(HMAC-SHA-256(cookie, "artdag/csrf")). Who can make it knows the cookie,
 * so nothing has to be stored, and it ends with the session.
 *
 * @param sessionSecret the value of the cookie `session_token`, or of `platform_token` where that one authenticates
 */
export function csrfTokenOf(sessionSecret: string): string {
  return createHmac('sha256', sessionSecret).update('artdag/csrf').digest('base64url');
}

/**
 * The origins as browsers write them: lower case, no default port.
 *
 * @param hosts each with its port, where it is not the scheme's
 */
export function publicOriginsOf(scheme: 'http' | 'https', hosts: readonly string[]): string[] {
  return hosts.map((host) => new URL(`${scheme}://${host}`).origin);
}

function isTokenOf(sessionSecret: string | undefined, token: string | undefined): boolean {
  if (sessionSecret === undefined || sessionSecret === '' || token === undefined) return false;
  const expected = Buffer.from(csrfTokenOf(sessionSecret));
  const given = Buffer.from(token);
  return given.length === expected.length && timingSafeEqual(given, expected);
}
