import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createMemoryStore } from '../store/memory-store.ts';
import { startL1, type TestL1 } from '../l1.testing.ts';

let l1: TestL1;
beforeEach(async () => {
  l1 = await startL1();
});
afterEach(() => l1.close());

const minutes = (count: number): Date => new Date(Date.now() + count * 60_000);
const verifies = (): number => l1.l2.asked.filter(({ request }) => request === 'POST /auth/verify').length;

describe('requireUser', () => {
  it('lets nobody pass without a session', async () => {
    expect(await l1.me('')).toMatchObject({ status: 401, body: { code: 'not_signed_in' } });
    expect(await l1.me(`l1_session=${'x'.repeat(43)}`)).toMatchObject({ status: 401, body: { code: 'not_signed_in' } });
    expect(await l1.me('l1_session=__proto__')).toMatchObject({ status: 401 });
  });

  it('asks L2 again after five minutes, once for all who wait, and not before', async () => {
    const { cookie } = await l1.enter('giles');
    await Promise.all([1, 2, 3].map(() => l1.me(cookie)));
    expect(verifies()).toBe(1);
    l1.clock.now = minutes(5.1);
    const answers = await Promise.all([1, 2, 3, 4].map(() => l1.me(cookie)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(verifies()).toBe(2);
    await l1.me(cookie);
    expect(verifies()).toBe(2);
  });

  it('finds out by itself that a token is dead, when L2 could not say so', async () => {
    const { cookie, token, jti } = await l1.enter('giles');
    l1.l2.kill(token);
    l1.clock.now = minutes(5.1);
    expect(await l1.me(cookie)).toMatchObject({ status: 401, body: { code: 'session_ended' } });
    expect(l1.revoked).toMatchObject([{ jti, reason: 'verify' }]);
  });

  it('remembers no other refusal than "revoked"', async () => {
    const { cookie, token } = await l1.enter('giles');
    l1.l2.verifySays = { status: 403, body: { code: 'account_disabled' } };
    l1.clock.now = minutes(5.1);
    expect((await l1.me(cookie)).status).toBe(401);
    l1.l2.verifySays = undefined;
    expect((await l1.attach(token)).status).toBe(303);
    expect(l1.revoked).toEqual([]);
  });

  it('trusts the last word of L2 for an hour while L2 is away, and nobody after that', async () => {
    const { cookie } = await l1.enter('giles');
    l1.l2.verifySays = { status: 503, body: {} };
    l1.clock.now = minutes(6);
    expect((await l1.me(cookie)).status).toBe(200);
    const asked = verifies();
    expect((await l1.me(cookie)).status).toBe(200);
    expect(verifies()).toBe(asked);
    l1.clock.now = minutes(61);
    expect(await l1.me(cookie)).toMatchObject({ status: 503, body: { code: 'l2_unavailable' } });
    l1.l2.verifySays = undefined;
    l1.clock.now = minutes(62);
    expect((await l1.me(cookie)).status).toBe(200);
  });

  it('can be told to trust nothing that is stale, and to ask every time', async () => {
    const strict = await startL1({ recheckMs: 0, staleMs: 0 });
    const { cookie, token } = await strict.enter('giles');
    expect((await strict.me(cookie)).status).toBe(200);
    strict.l2.verifySays = 'silence';
    expect((await strict.me(cookie)).status).toBe(503);
    strict.l2.verifySays = undefined;
    strict.l2.kill(token);
    strict.clock.now = minutes(1);
    expect((await strict.me(cookie)).status).toBe(401);
    await strict.close();
  });

  it('ends a session with its token', async () => {
    const { cookie } = await l1.enter('giles');
    l1.clock.now = minutes(31 * 24 * 60);
    expect((await l1.me(cookie)).status).toBe(401);
  });

  it('takes unsafe requests from its own pages only', async () => {
    const { cookie } = await l1.enter('giles');
    const post = async (headers: Record<string, string>) =>
      (await fetch(`${l1.url}/me`, { method: 'POST', headers: { cookie, ...headers } })).status;
    expect(await post({ origin: l1.url })).toBe(200);
    expect(await post({ 'sec-fetch-site': 'same-origin' })).toBe(200);
    expect(await post({})).toBe(403);
    expect(await post({ origin: 'https://evil.example' })).toBe(403);
    expect(await post({ origin: 'null', 'sec-fetch-site': 'same-origin' })).toBe(403);
    expect(await post({ 'sec-fetch-site': 'same-site' })).toBe(403);
  });

  it('answers 503 to everybody when the store does not answer, never 200', async () => {
    const store = createMemoryStore();
    let isAway = false;
    const get = (key: string) => (isAway ? Promise.reject(new Error('away')) : store.get(key));
    const other = await startL1({ store: { ...store, get } });
    const { cookie } = await other.enter('giles');
    isAway = true;
    expect(await other.me(cookie)).toMatchObject({ status: 503, body: { code: 'store_unavailable' } });
    expect(String(other.errors[0])).toBe('Error: away');
    isAway = false;
    expect((await other.me(cookie)).status).toBe(200);
    await other.close();
  });
});

describe('POST /auth/logout', () => {
  const logout = (cookie: string, origin: string) =>
    fetch(`${l1.url}/auth/logout`, { method: 'POST', headers: { cookie, origin }, redirect: 'manual' });

  it('ends the session here, clears the cookie, and tells L2', async () => {
    const { cookie, token } = await l1.enter('giles');
    const response = await logout(cookie, l1.url);
    expect([response.status, response.headers.get('location')]).toEqual([303, '/']);
    expect(response.headers.getSetCookie()[0]).toMatch(/^l1_session=;/);
    expect((await l1.me(cookie)).status).toBe(401);
    expect((await l1.attach(token)).status).toBe(401);
    expect(l1.l2.asked.find(({ request }) => request === 'POST /auth/revoke')?.body).toEqual({
      token,
      l1_server: l1.url,
    });
  });

  it('is not done for another site', async () => {
    const { cookie } = await l1.enter('giles');
    expect((await logout(cookie, 'https://evil.example')).status).toBe(403);
    expect((await l1.me(cookie)).status).toBe(200);
  });
});
