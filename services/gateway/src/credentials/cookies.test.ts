import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { quietLogger, accessToken, apiToken, l1Token, makeRingKey, type RingKey } from '@artdag/testing';
import { assertionsSeen, sessionAnswer, sessionToken } from '../callers.testing.ts';
import { type Harness, startHarness } from '../harness.testing.ts';
import { type RawAnswer, rawGet } from '../raw-http.testing.ts';

let gateway: Harness;

beforeEach(async () => {
  gateway = await startHarness({ logger: quietLogger() });
  gateway.auth.sessions.set(sessionToken, sessionAnswer());
});
afterEach(() => gateway.close());

const key = (): RingKey => gateway.auth.ring[0] ?? makeRingKey('none');
const withCookies = (cookie: string, path = '/assets', more: string[] = []): Promise<RawAnswer> =>
  rawGet(gateway.port, path, [`Cookie: ${cookie}`, ...more]);
/** The `Set-Cookie` values of an answer. */
const setCookies = (answer: RawAnswer): string[] =>
  [...answer.text.matchAll(/^set-cookie: (.*)\r$/gim)].map(([, value]) => value ?? '');

const clearSession = 'session_token=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax; Secure';
const clearPlatform = 'platform_token=; Domain=.l2.example; Path=/; Max-Age=0; HttpOnly; SameSite=Lax; Secure';

describe('a good cookie', () => {
  it('session_token says who calls, by cookie', async () => {
    const answer = await withCookies(`a=b; session_token=${sessionToken}`, '/auth/me');
    expect([answer.status, setCookies(answer)]).toEqual([200, []]);
    expect(assertionsSeen(gateway)).toEqual([
      expect.objectContaining({ username: 'alice', sid: 'ses_1', jti: null, method: 'cookie', token_use: 'session' }),
    ]);
  });

  it('platform_token does so by an access token', async () => {
    await withCookies(`platform_token=${accessToken(key())}`, '/auth/me');
    expect(assertionsSeen(gateway)).toEqual([
      expect.objectContaining({ sid: 'ses_01', jti: 'tok_01', method: 'cookie', token_use: 'access' }),
    ]);
  });

  it('session_token wins over platform_token, and any header over both', async () => {
    const both = `platform_token=${accessToken(key())}; session_token=${sessionToken}`;
    await withCookies(both);
    await withCookies(both, '/assets', [`Authorization: Bearer ${accessToken(key(), { claims: { jti: 'tok_h' } })}`]);
    expect(assertionsSeen(gateway).map(({ token_use, jti }) => [token_use, jti])).toEqual([
      ['session', null],
      ['access', 'tok_h'],
    ]);
    expect((await withCookies(both, '/assets', ['Authorization: Bearer bad'])).status).toBe(401);
    expect((await withCookies(both, '/assets', ['X-API-Key: bad'])).status).toBe(401);
  });

  it('is another credential than the same token as Bearer', async () => {
    await withCookies(`session_token=${sessionToken}`);
    await rawGet(gateway.port, '/assets', [`Authorization: Bearer ${sessionToken}`]);
    expect(assertionsSeen(gateway).map(({ method }) => method)).toEqual(['cookie', 'bearer']);
  });
});

describe('a bad cookie', () => {
  it.each<[string, () => string]>([
    ['unknown to auth', () => `session_token=${'x'.repeat(43)}`],
    ['of a foreign shape', () => 'session_token=<script>'],
    ['empty', () => 'session_token='],
    ['quoted', () => `session_token="${sessionToken}"`],
    ['that is a JWT', () => `session_token=${accessToken(key())}`],
  ])('session_token %s leaves an anonymous caller, and is cleared', async (_what, make) => {
    const answer = await withCookies(make());
    expect([answer.status, setCookies(answer)]).toEqual([200, [clearSession]]);
    expect(assertionsSeen(gateway)).toEqual([]);
  });

  it.each<[string, () => string]>([
    ['expired', () => accessToken(key(), { claims: { exp: 1 } })],
    ['by a stranger', () => accessToken(makeRingKey('ring-1'))],
    ['that is an API token', () => apiToken(key())],
    ['that is an L1 token', () => l1Token(key())],
    ['that is a session token', () => sessionToken],
    ['empty', () => ''],
  ])('platform_token %s leaves an anonymous caller, and is cleared', async (_what, make) => {
    const answer = await withCookies(`platform_token=${make()}`);
    expect([answer.status, setCookies(answer)]).toEqual([200, [clearPlatform]]);
    expect(assertionsSeen(gateway)).toEqual([]);
  });

  it('session_token falls through to a good platform_token, and alone is cleared', async () => {
    const answer = await withCookies(`session_token=bad; platform_token=${accessToken(key())}`, '/auth/me');
    expect([answer.status, setCookies(answer)]).toEqual([200, [clearSession]]);
    expect(assertionsSeen(gateway)).toEqual([expect.objectContaining({ token_use: 'access', method: 'cookie' })]);
  });

  it('is cleared by a 401 and a 404 of the gateway’s own as well, both if both are bad', async () => {
    const answer = await withCookies('session_token=bad; platform_token=bad', '/auth/me');
    expect([answer.status, setCookies(answer)]).toEqual([401, [clearSession, clearPlatform]]);
    expect(setCookies(await withCookies('session_token=bad', '/openapi.json'))).toEqual([clearSession]);
    expect(gateway.seen).toEqual([]);
  });

  it('is cleared when its service does not answer', async () => {
    gateway.respond = (request) => request.socket.destroy();
    const answer = await withCookies('session_token=bad');
    expect([answer.status, setCookies(answer)]).toEqual([503, [clearSession]]);
  });

  it('is not cleared by an answer that sets a new one', async () => {
    gateway.respond = (_request, response) => {
      response.writeHead(303, { 'Set-Cookie': ['session_token=new; HttpOnly', 'device=d'] }).end();
    };
    const answer = await withCookies('session_token=bad; platform_token=bad');
    expect(setCookies(answer)).toEqual(['session_token=new; HttpOnly', 'device=d', clearPlatform]);
  });

  it('is host-only and without Secure where the public address is http on a laptop', async () => {
    const config = { publicScheme: 'http', cookieDomain: undefined } as const;
    const laptop = await startHarness({ logger: quietLogger(), config });
    const answer = await rawGet(laptop.port, '/assets', ['Cookie: platform_token=bad']);
    expect(setCookies(answer)).toEqual(['platform_token=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax']);
    await laptop.close();
  });
});

describe('a cookie that comes twice', () => {
  it.each([
    [`session_token=${sessionToken}; session_token=${'x'.repeat(43)}`],
    [`session_token=${'x'.repeat(43)}; session_token=${sessionToken}`],
    [`session_token=${sessionToken}; session_token=${sessionToken}`],
  ])('counts in neither order, and is cleared here and on the domain', async (cookie) => {
    const answer = await withCookies(cookie);
    expect(assertionsSeen(gateway)).toEqual([]);
    expect(setCookies(answer)).toEqual([clearSession, clearPlatform.replace('platform', 'session')]);
  });

  it('does not count in two header lines either', async () => {
    await withCookies(`session_token=${sessionToken}`, '/assets', [`cookie: session_token=${sessionToken}`]);
    expect(assertionsSeen(gateway)).toEqual([]);
  });

  it.each(['Session_Token', 'xsession_token', 'session_token2', 'session_token '])(
    '%j is another one',
    async (name) => {
      const answer = await withCookies(`${name}=${sessionToken}`);
      expect([answer.status, setCookies(answer), assertionsSeen(gateway)]).toEqual([200, [], []]);
    },
  );
});

it('leaves a cookie that cannot be checked alone: public pages are served as to anybody, the rest waits', async () => {
  gateway.auth.down = true;
  const open = await withCookies(`session_token=${sessionToken}`);
  expect([open.status, setCookies(open), assertionsSeen(gateway)]).toEqual([200, [], []]);
  const closed = await withCookies(`session_token=${sessionToken}`, '/auth/me');
  expect([closed.status, setCookies(closed)]).toEqual([503, []]);
  expect(closed.headers['retry-after']).toMatch(/^\d+$/);
});
