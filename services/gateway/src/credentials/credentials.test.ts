import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually, quietLogger, accessToken, makeRingKey, type RingKey } from '@artdag/testing';
import { type Harness, startHarness, valuesOf } from '../harness.testing.ts';
import { type RawAnswer, rawGet, sendRaw } from '../raw-http.testing.ts';

let gateway: Harness;
let clock: Date;

beforeEach(async () => {
  clock = new Date();
  gateway = await startHarness({ logger: quietLogger(), overrides: { now: () => clock } });
});
afterEach(() => gateway.close());

const later = (ms: number): void => {
  clock = new Date(clock.getTime() + ms);
};
const withToken = (token: string, path = '/assets'): Promise<RawAnswer> =>
  rawGet(gateway.port, path, [`Authorization: Bearer ${token}`]);
const key = (at = 0): RingKey => gateway.auth.ring[at] ?? makeRingKey('none');
const assertions = (): string[] => gateway.seen.flatMap((seen) => valuesOf(seen.rawHeaders, 'x-actor-assertion'));

const alice = {
  active: true,
  actor: { actor_id: 'user:alice', actor_type: 'human', microdao_ids: ['microdao:a'], roles: ['member'] },
  ...{
    username: 'alice',
    org_id: 'org_1',
    scopes: [],
    sid: 'ses_1',
    jti: null,
    method: 'password',
    token_use: 'session',
  },
  expires_at: '2100-01-01T00:00:00.000Z',
};
const session = 'S'.repeat(43);

describe('who needs what', () => {
  it('lets anonymous callers read, with no assertion', async () => {
    expect((await rawGet(gateway.port, '/assets')).status).toBe(200);
    expect(assertions()).toEqual([]);
  });

  it.each(['/auth/me', '/renderers'])('asks for a credential at GET %s', async (path) => {
    const answer = await rawGet(gateway.port, path);
    expect(answer.status).toBe(401);
    expect(answer.headers['www-authenticate']).toBe('Bearer realm="l2", MSign realm="musehub"');
    expect(JSON.parse(answer.body)).toMatchObject({
      code: 'unauthorized',
      detail: 'Unauthorized: No valid session token or API key',
    });
    expect(gateway.seen).toEqual([]);
  });

  it('asks for one at POST /assets, before the body', async () => {
    const answer = await sendRaw(gateway.port, 'POST /assets HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n');
    expect(answer.status).toBe(401);
  });
});

describe('a header that was meant as a credential is never ignored', () => {
  it.each([
    [['Authorization: Basic dXNlcjpwYXNz'], 'unsupported_authorization'],
    [['Authorization: DPoP eyJx'], 'unsupported_authorization'],
    [['Authorization: MSign'], 'msign_malformed'],
    [['Authorization: MSign\thandle="a"'], 'msign_malformed'],
    [['Authorization: Service name="gateway"'], 'unsupported_authorization'],
    [['Authorization: Bearer'], 'invalid_authorization'],
    [['Authorization: Bearer '], 'invalid_authorization'],
    [['Authorization:'], 'invalid_authorization'],
    [['X-API-Key: dk_1'], 'invalid_api_key'],
    [['x-api-key:'], 'invalid_api_key'],
  ])('%j', async (lines, code) => {
    const answer = await rawGet(gateway.port, '/assets', lines);
    expect(answer.status).toBe(401);
    expect(answer.headers['www-authenticate']).toContain('MSign realm="musehub"');
    expect(JSON.parse(answer.body)).toMatchObject({ code });
    expect(gateway.seen).toEqual([]);
  });

  it('nor is one of two', async () => {
    const good = `Authorization: Bearer ${accessToken(key())}`;
    for (const lines of [
      [good, 'X-API-Key: dk_1'],
      [good, good],
      [good, 'authorization: Basic x'],
    ]) {
      expect((await rawGet(gateway.port, '/assets', lines)).status).toBe(401);
    }
  });
});

describe('access tokens', () => {
  it('cost one key fetch for all, and one assertion per credential and audience', async () => {
    const token = accessToken(key());
    for (const path of ['/assets', '/assets', '/users', '/activities']) await withToken(token, path);
    await withToken(accessToken(key(), { claims: { jti: 'tok_02' } }));
    expect(gateway.auth.jwksReads).toBe(1);
    const [first, again, elsewhere, third, other] = assertions();
    expect([again, third]).toEqual([first, first]);
    expect(elsewhere).not.toBe(first);
    expect(other).not.toBe(first);
  });

  it('end when they expire, though they were seen before', async () => {
    const token = accessToken(key());
    expect((await withToken(token)).status).toBe(200);
    later(3600_000 + 29_000);
    expect((await withToken(token)).status).toBe(200);
    later(2_000);
    const answer = await withToken(token);
    expect([answer.status, JSON.parse(answer.body).detail]).toEqual([401, expect.stringContaining('expired')]);
  });

  it('of a key that appeared meanwhile are taken at once', async () => {
    await withToken(accessToken(key()));
    later(10_000);
    gateway.auth.ring.push(makeRingKey('ring-2'));
    expect((await withToken(accessToken(key(1)))).status).toBe(200);
    expect(gateway.auth.jwksReads).toBe(2);
  });

  it('of unknown keys make the gateway ask once in ten seconds, however many come', async () => {
    await withToken(accessToken(key()));
    later(10_000);
    const strange = Array.from({ length: 20 }, (_, i) => accessToken({ ...key(), kid: `strange-${i}` }));
    const answers = await Promise.all(strange.map((token) => withToken(token)));
    expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([401]));
    expect(gateway.auth.jwksReads).toBe(2);
    later(9_000);
    await withToken(strange[0] ?? '');
    expect(gateway.auth.jwksReads).toBe(2);
    later(1_000);
    await withToken(strange[0] ?? '');
    expect(gateway.auth.jwksReads).toBe(3);
  });

  it('of a key that is published no longer end with it, though they were seen before', async () => {
    const token = accessToken(key());
    gateway.auth.ring.push(makeRingKey('ring-2'));
    await withToken(token);
    gateway.auth.ring.shift();
    later(301_000);
    await withToken(token);
    await eventually(async () => expect((await withToken(token)).status).toBe(401));
  });

  it('of a retired key end at once when auth says that its ring has changed', async () => {
    const token = accessToken(key());
    gateway.auth.ring.push(makeRingKey('ring-2'));
    await withToken(token);
    gateway.auth.ring.shift();
    expect((await withToken(token)).status).toBe(200);
    await gateway.store.publish('cache:invalidate', '{"cache":"token-keys","key":"*"}');
    await eventually(async () => expect((await withToken(token)).status).toBe(401));
  });

  it('are taken while auth is down, once its keys are known', async () => {
    const token = accessToken(key());
    await withToken(token);
    gateway.auth.down = true;
    later(400_000);
    expect((await withToken(accessToken(key(), { claims: { jti: 'tok_2' } }))).status).toBe(200);
  });

  it('get 503 while it cannot be known whether they are good', async () => {
    gateway.auth.down = true;
    const answer = await withToken(accessToken(key()));
    expect(answer.status).toBe(503);
    expect(answer.headers['retry-after']).toMatch(/^\d+$/);
  });
});

describe('opaque session tokens', () => {
  it('are asked about once a minute, by however many requests', async () => {
    gateway.auth.sessions.set(session, alice);
    const answers = await Promise.all(Array.from({ length: 10 }, () => withToken(session)));
    expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([200]));
    expect(gateway.auth.introspections).toBe(1);
    later(60_001);
    await withToken(session);
    expect(gateway.auth.introspections).toBe(2);
  });

  it('become an assertion with what auth said', async () => {
    gateway.auth.sessions.set(session, alice);
    await withToken(session);
    const payload = JSON.parse(Buffer.from(assertions()[0]?.split('.')[1] ?? '', 'base64url').toString()) as object;
    const { active: _active, expires_at: _end, ...assertion } = alice;
    expect(payload).toMatchObject({ assertion });
  });

  it('get a new assertion with each new answer, as roles may have changed', async () => {
    gateway.auth.sessions.set(session, alice);
    await withToken(session);
    gateway.auth.sessions.set(session, { ...alice, actor: { ...alice.actor, roles: [] } });
    later(60_001);
    await withToken(session);
    expect(new Set(assertions()).size).toBe(2);
  });

  it('end when their session does', async () => {
    gateway.auth.sessions.set(session, { ...alice, expires_at: new Date(clock.getTime() + 5000).toISOString() });
    expect((await withToken(session)).status).toBe(200);
    gateway.auth.sessions.delete(session);
    later(4_000);
    expect((await withToken(session)).status).toBe(200);
    later(1_000);
    expect((await withToken(session)).status).toBe(401);
  });

  it('get 401 when auth does not know them, and auth is spared for a moment', async () => {
    expect((await withToken(session)).status).toBe(401);
    expect((await withToken(session)).status).toBe(401);
    expect(gateway.auth.introspections).toBe(1);
  });

  it('get 503 when auth does not answer', async () => {
    gateway.auth.down = true;
    expect((await withToken(session)).status).toBe(503);
  });
});
