import { describe, expect, it } from '@jest/globals';
import { type CsrfEvidence, csrfTokenOf, isCrossSiteRequest, publicOriginsOf } from './csrf.ts';

const secret = 's'.repeat(43);
const publicOrigins = publicOriginsOf('https', ['L2.example', 'other.example:8443', 'third.example:443']);

function refused(change: Partial<CsrfEvidence>): boolean {
  const nothing = { origin: undefined, secFetchSite: undefined, csrfToken: undefined };
  return isCrossSiteRequest({ method: 'POST', ...nothing, sessionSecret: secret, publicOrigins, ...change });
}

describe('a request that a cookie authenticates', () => {
  it.each<[string, Partial<CsrfEvidence>]>([
    ['a GET, from wherever', { method: 'GET', origin: 'https://evil.example', secFetchSite: 'cross-site' }],
    ['HEAD', { method: 'HEAD' }],
    ['OPTIONS', { method: 'OPTIONS' }],
    ['our origin', { origin: 'https://l2.example' }],
    ['our other origin, with its port', { origin: 'https://other.example:8443' }],
    ['our third origin, whose port is the scheme’s', { origin: 'https://third.example' }],
    ['a browser that says same-origin', { secFetchSite: 'same-origin' }],
    ['a page without referrer that says same-origin', { origin: 'null', secFetchSite: 'same-origin' }],
    ['the token of the cookie', { csrfToken: csrfTokenOf(secret) }],
  ])('passes with %s', (_what, evidence) => expect(refused(evidence)).toBe(false));

  it.each<[string, Partial<CsrfEvidence>]>([
    ['nothing at all', {}],
    ['another origin', { origin: 'https://evil.example' }],
    ['a sibling', { origin: 'https://evil.l2.example', secFetchSite: 'same-site' }],
    ['the parent', { origin: 'https://example' }],
    ['another scheme', { origin: 'http://l2.example' }],
    ['another port', { origin: 'https://l2.example:8443' }],
    ['our origin as a prefix', { origin: 'https://l2.example.evil.example' }],
    ['two origins', { origin: 'https://l2.example, https://evil.example' }],
    ['an opaque origin', { origin: 'null' }],
    ['an empty origin', { origin: '' }],
    ['a user’s own navigation', { secFetchSite: 'none' }],
    ['same-site', { secFetchSite: 'same-site' }],
    ['the token of another cookie', { csrfToken: csrfTokenOf('t'.repeat(43)) }],
    ['an empty token', { csrfToken: '' }],
    ['a cut token', { csrfToken: csrfTokenOf(secret).slice(0, -1) }],
    ['a token without a cookie', { csrfToken: csrfTokenOf(secret), sessionSecret: undefined }],
    ['the token of an empty cookie', { csrfToken: csrfTokenOf(''), sessionSecret: '' }],
    ['DELETE and nothing', { method: 'DELETE' }],
    ['a method in another case', { method: 'get' }],
  ])('is refused with %s', (_what, evidence) => expect(refused(evidence)).toBe(true));
});
