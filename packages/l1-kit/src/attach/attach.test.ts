import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { generateKeyPairSync } from 'node:crypto';
import { verifyRequest } from '@artdag/http-signatures';
import { cookieOf, startL1, type TestL1 } from '../l1.testing.ts';

let l1: TestL1;
beforeEach(async () => {
  l1 = await startL1();
});
afterEach(() => l1.close());

const codeOf = async (response: Response): Promise<unknown> => ((await response.json()) as { code: string }).code;

describe('GET /auth', () => {
  it('signs in, and sends the browser on without the token', async () => {
    const { token, jti } = l1.l2.mint('giles', l1.url);
    const response = await l1.attach(token);
    expect(response.status).toBe(303);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      location: '/',
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
    });
    const [setCookie = ''] = response.headers.getSetCookie();
    expect(setCookie).toMatch(
      /^l1_session=[A-Za-z0-9_-]{43}; Max-Age=\d+; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Lax$/,
    );
    expect(setCookie).not.toContain(token);
    expect(l1.l2.asked.map(({ request, body }) => [request, body])).toEqual([
      ['POST /auth/verify', { token, l1_server: l1.url }],
    ]);
    expect(await l1.me(cookieOf(response))).toMatchObject({
      status: 200,
      body: { username: 'giles', displayName: 'GILES', actorId: 'user:giles', l2Server: l1.l2.url, jti },
    });
  });

  it('marks the cookie Secure where the L1 is https', async () => {
    const secure = await startL1({ publicUrl: 'https://render.example' });
    const response = await secure.attach(secure.l2.mint('giles', 'https://render.example').token);
    expect(response.headers.getSetCookie()[0]).toContain('; Secure;');
    await secure.close();
  });

  it.each([
    ['&return_to=/runs/1?a=b%23c', '/runs/1?a=b#c'],
    ['&return_to=//evil.example/', '/'],
    ['&return_to=/%5Cevil.example', '/'],
    ['&return_to=https://evil.example/', '/'],
    ['&return_to=/%09/evil.example', '/'],
    ['&return_to=/a&return_to=/b', '/'],
  ])('goes with %s to %s', async (query, location) => {
    const response = await l1.attach(l1.l2.mint('giles', l1.url).token, { query });
    expect([response.status, response.headers.get('location')]).toEqual([303, location]);
  });

  it('asks nobody about a token of an L2 that it does not know', async () => {
    const payload = Buffer.from(JSON.stringify({ l2_server: 'https://evil.example' })).toString('base64url');
    const response = await l1.attach(`e30.${payload}.c2ln`, { accept: '*/*' });
    expect([response.status, await codeOf(response)]).toEqual([403, 'l2_not_allowed']);
    expect(l1.l2.asked).toEqual([]);
    expect(response.headers.getSetCookie()).toEqual([]);
  });

  it.each([
    ['', 'token_missing'],
    ['garbage', 'token_malformed'],
    ['a.b.c', 'token_malformed'],
    [`e30.${Buffer.from('null').toString('base64url')}.x`, 'token_malformed'],
    [`e30.${'x'.repeat(9000)}.x`, 'token_malformed'],
  ])('refuses %p with 400', async (token, code) => {
    const response = await l1.attach(token, { accept: 'application/json' });
    expect([response.status, await codeOf(response)]).toEqual([400, code]);
  });

  it('refuses a token that was made for another L1, and one that is dead', async () => {
    const foreign = await l1.attach(l1.l2.mint('giles', 'https://other.example').token, { accept: 'application/json' });
    expect([foreign.status, await foreign.json()]).toMatchObject([
      403,
      { code: 'token_refused', l2_code: 'token_scope_mismatch' },
    ]);
    const { token } = l1.l2.mint('giles', l1.url);
    l1.l2.kill(token);
    const dead = await l1.attach(token, { accept: 'application/json' });
    expect([dead.status, await codeOf(dead)]).toEqual([401, 'token_revoked']);
  });

  it.each([
    ['does not answer', 'silence' as const, 502, 'l2_unreachable'],
    ['is busy', { status: 429, body: {} }, 503, 'l2_unavailable'],
    ['cannot find out', { status: 503, body: { code: 'revocation_unavailable' } }, 503, 'l2_unavailable'],
    ['is broken', { status: 500, body: 'oh' }, 502, 'l2_bad_answer'],
    ['says something else', { status: 200, body: { valid: true, username: 'root' } }, 502, 'l2_bad_answer'],
    [
      'speaks of another L1',
      { status: 200, body: { valid: true, l1_server: 'https://other.example' } },
      502,
      'l2_bad_answer',
    ],
  ])('shows a page that says what to do when L2 %s', async (_, verifySays, status, code) => {
    const { token } = l1.l2.mint('giles', l1.url);
    l1.l2.verifySays = verifySays;
    const response = await l1.attach(token);
    const text = await response.text();
    expect([response.status, response.headers.get('retry-after')]).toEqual([status, '60']);
    expect(response.headers.get('content-type')).toMatch(/^text\/html/);
    expect(text).toContain(code);
    expect(text).toContain('in a minute');
    expect(text).not.toContain(token);
  });

  it('ends the session that the browser had before', async () => {
    const before = await l1.enter('giles');
    await l1.attach(l1.l2.mint('anna', l1.url).token, { cookie: before.cookie });
    expect((await l1.me(before.cookie)).status).toBe(401);
  });

  it('opens nothing for a HEAD, and names the method that it takes', async () => {
    const { token } = l1.l2.mint('giles', l1.url);
    const head = await fetch(`${l1.url}/auth?auth_token=${token}`, { method: 'HEAD' });
    expect([head.status, head.headers.get('allow'), l1.l2.asked.length]).toEqual([405, 'GET', 0]);
    const get = await fetch(`${l1.url}/auth/revoke`);
    expect([get.status, get.headers.get('allow')]).toEqual([405, 'POST']);
  });

  it('signs what it asks by its own key, where it has one', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const pem = (key: typeof privateKey, type: 'pkcs8' | 'spki') => String(key.export({ type, format: 'pem' }));
    const signing = await startL1({ signing: { privateKeyPem: pem(privateKey, 'pkcs8') } });
    await signing.enter('giles');
    const [{ headers, body } = { headers: {}, body: {} }] = signing.l2.asked;
    const verified = await verifyRequest({
      method: 'POST',
      originalUrl: '/auth/verify',
      headers,
      rawHeaders: Object.entries(headers).flat() as string[],
      body: Buffer.from(JSON.stringify(body)),
      now: new Date(),
      key: async () => ({ publicKeyPem: pem(publicKey, 'spki'), owner: signing.url }),
    });
    expect(verified.keyId).toBe(`${signing.url}#main-key`);
    await signing.close();
  });
});
