import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { RevocationUnavailable } from '@artdag/revocation';
import { quietLogger, l1Token, makeRingKey, type RingKey } from '@artdag/testing';
import { apiKey, apiKeyAnswer, assertionsSeen } from '../callers.testing.ts';
import { type Harness, lendLease, startHarness } from '../harness.testing.ts';
import { type RawAnswer, sendRaw } from '../raw-http.testing.ts';
import { routeTable } from '../route-table.ts';

let gateway: Harness;

beforeEach(async () => {
  gateway = await startHarness({ logger: quietLogger() });
  gateway.auth.sessions.set(apiKey, apiKeyAnswer());
});
afterEach(() => gateway.close());

const key = (): RingKey => gateway.auth.ring[0] ?? makeRingKey('none');
const codeOf = ({ body }: RawAnswer): unknown => JSON.parse(body).code;
const send = (method: string, path: string, line: string): Promise<RawAnswer> =>
  sendRaw(
    gateway.port,
    `${method} ${path} HTTP/1.1\r\nHost: a\r\nOrigin: https://l2.example\r\nContent-Length: 0\r\n${line}\r\n\r\n`,
  );
const record = (token: string): Promise<RawAnswer> =>
  send('POST', '/assets/record-run', `Authorization: Bearer ${token}`);

describe('a token of an L1', () => {
  it('is taken on record-run, for its user, with its L1 and without roles', async () => {
    const scopes = ['l1:use', 'assets:record'];
    expect((await record(l1Token(key(), { claims: { scopes, roles: ['system_admin'] } }))).status).toBe(200);
    expect(assertionsSeen(gateway)).toEqual([
      {
        actor: { actor_id: 'user:alice', actor_type: 'human', microdao_ids: [], roles: [] },
        ...{ username: 'alice', org_id: null, scopes, sid: null, jti: 'tok_l1', method: 'bearer' },
        ...{ token_use: 'l1', l1_server: 'https://l1.example' },
      },
    ]);
  });

  it('is refused on every other route, also after it was good there: 403', async () => {
    const token = l1Token(key());
    expect((await record(token)).status).toBe(200);
    gateway.seen.length = 0;
    // Where the owner reads credentials itself, it refuses them itself; probes look at none.
    const others = routeTable.filter(
      ({ path, credentials, limit }) => path !== '/assets/record-run' && credentials !== 'owner' && limit !== 'none',
    );
    expect(others.length).toBeGreaterThan(80);
    for (const { method, path } of others) {
      const answer = await send(method, path.replaceAll(/\{\w+\}/g, 'x'), `Authorization: Bearer ${token}`);
      expect([method, path, answer.status, codeOf(answer)]).toEqual([method, path, 403, 'l1_token_not_accepted']);
    }
    const named = await send('GET', '/assets/record-run', `Authorization: Bearer ${token}`);
    expect([named.status, codeOf(named)]).toEqual([403, 'l1_token_not_accepted']);
    expect(gateway.seen).toEqual([]);
    expect((await record(token)).status).toBe(200);
  });

  it.each<[string, () => string]>([
    ['by a stranger', () => l1Token(makeRingKey('ring-1'))],
    ['of an unknown key', () => l1Token(key(), { header: { kid: 'other' } })],
    ['expired', () => l1Token(key(), { claims: { exp: 1 } })],
    ['with another use', () => l1Token(key(), { claims: { token_use: 'access' } })],
    ['without an L1', () => l1Token(key(), { claims: { l1_server: undefined } })],
    ['with an L1 that is a list', () => l1Token(key(), { claims: { l1_server: ['https://l1.example'] } })],
    ['made for another L1', () => l1Token(key(), { claims: { aud: 'https://other.example' } })],
    ['without an actor', () => l1Token(key(), { claims: { actor_id: undefined } })],
    ['of another issuer', () => l1Token(key(), { claims: { iss: 'https://l1.example' } })],
    ['as an access token', () => l1Token(key(), { header: { typ: 'at+jwt' } })],
    ['as an API token', () => l1Token(key(), { header: { typ: 'api+jwt' } })],
  ])('%s is 401 on record-run', async (_what, make) => {
    const answer = await record(make());
    expect([answer.status, codeOf(answer)]).toEqual([401, 'invalid_token']);
    expect(gateway.seen).toEqual([]);
  });

  it('is 401 in a cookie and as an API key', async () => {
    for (const line of [`Cookie: platform_token=${l1Token(key())}`, `X-API-Key: ${l1Token(key())}`]) {
      expect((await send('POST', '/assets/record-run', line)).status).toBe(401);
    }
    expect(gateway.seen).toEqual([]);
  });

  describe.each([
    ['store', () => lendLease(gateway.store), (id: string) => gateway.store.set(`deny:${id}`, 'logout')],
    ['auth', async () => undefined, async (id: string) => void gateway.auth.revoked.set(id, 'logout')],
  ])('taken back, as %s says', (_by, prepare, revoke) => {
    it.each(['tok_l1', 'user:alice'])('by %s is refused with the next request', async (id) => {
      await prepare();
      const token = l1Token(key());
      expect((await record(token)).status).toBe(200);
      await revoke(id);
      const answer = await record(token);
      expect([answer.status, codeOf(answer)]).toEqual([401, 'invalid_token']);
      expect(gateway.seen).toHaveLength(1);
    });
  });

  it('of whom it cannot be known whether it was taken back is not let in: 503', async () => {
    await gateway.close();
    gateway = await startHarness({
      logger: quietLogger(),
      overrides: { revocations: { check: () => Promise.reject(new RevocationUnavailable()) } as never },
    });
    const answer = await record(l1Token(key()));
    expect([answer.status, codeOf(answer)]).toEqual([503, 'revocation_unavailable']);
    expect(gateway.seen).toEqual([]);
  });
});
