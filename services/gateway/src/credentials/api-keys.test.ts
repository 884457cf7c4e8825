import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually, quietLogger, accessToken, apiToken, l1Token, makeRingKey, type RingKey } from '@artdag/testing';
import { apiKey, apiKeyAnswer, assertionsSeen, sessionAnswer, sessionToken } from '../callers.testing.ts';
import { type Harness, startHarness } from '../harness.testing.ts';
import { type RawAnswer, rawGet } from '../raw-http.testing.ts';

let gateway: Harness;
let clock: Date;

beforeEach(async () => {
  clock = new Date();
  gateway = await startHarness({ logger: quietLogger(), overrides: { now: () => clock } });
  gateway.auth.sessions.set(apiKey, apiKeyAnswer());
});
afterEach(() => gateway.close());

const later = (ms: number): void => {
  clock = new Date(clock.getTime() + ms);
};
const key = (): RingKey => gateway.auth.ring[0] ?? makeRingKey('none');
const withKey = (value: string, more: string[] = []): Promise<RawAnswer> =>
  rawGet(gateway.port, '/assets', [`X-API-Key: ${value}`, ...more]);
const withBearer = (token: string): Promise<RawAnswer> =>
  rawGet(gateway.port, '/assets', [`Authorization: Bearer ${token}`]);
const codeOf = ({ body }: RawAnswer): unknown => JSON.parse(body).code;

describe('an API key', () => {
  it('says who calls, and is asked about once a minute', async () => {
    await Promise.all(Array.from({ length: 5 }, () => withKey(apiKey)));
    expect(assertionsSeen(gateway)).toEqual(
      Array.from({ length: 5 }, () => expect.objectContaining({ method: 'api_key', jti: 'key_1', sid: null })),
    );
    expect(gateway.auth.introspections).toBe(1);
    later(60_001);
    await withKey(apiKey);
    expect(gateway.auth.introspections).toBe(2);
  });

  it('wins over every other credential', async () => {
    const bearer = [`Authorization: Bearer ${accessToken(key())}`, `Cookie: session_token=${sessionToken}`];
    await withKey(apiKey, bearer);
    expect(assertionsSeen(gateway)).toEqual([expect.objectContaining({ method: 'api_key' })]);
  });

  it.each([
    '',
    'dk_',
    'dk_short',
    `dk_${'k'.repeat(44)}`,
    `DK_${'k'.repeat(43)}`,
    `dk_${'k'.repeat(42)}=`,
    sessionToken,
  ])('of another shape (%j) is 401 without asking anybody', async (value) => {
    const answer = await withKey(value);
    expect([answer.status, codeOf(answer)]).toEqual([401, 'invalid_api_key']);
    expect(answer.headers['www-authenticate']).toContain('Bearer');
    expect(gateway.auth.introspections).toBe(0);
  });

  it('that auth does not know is 401, and so is one that comes twice', async () => {
    const unknown = await withKey(`dk_${'u'.repeat(43)}`);
    expect([unknown.status, codeOf(unknown)]).toEqual([401, 'invalid_api_key']);
    expect((await withKey(apiKey, [`X-API-Key: ${apiKey}`])).status).toBe(401);
  });

  it('is no Bearer token, nor is a session token a key', async () => {
    gateway.auth.sessions.set(apiKey, apiKeyAnswer());
    expect((await withBearer(apiKey)).status).toBe(401);
  });
});

describe('an API token', () => {
  it('says who calls, with its own id and no session', async () => {
    expect((await withBearer(apiToken(key()))).status).toBe(200);
    expect(assertionsSeen(gateway)).toEqual([
      expect.objectContaining({ method: 'bearer', token_use: 'api', jti: 'tok_api', sid: null, org_id: 'org_01' }),
    ]);
  });
});

describe('a token of an L1', () => {
  it('is 403 when it is good', async () => {
    const answer = await withBearer(l1Token(key()));
    expect([answer.status, codeOf(answer)]).toEqual([403, 'l1_token_not_accepted']);
    expect(gateway.seen).toEqual([]);
  });

  it.each<[string, () => string]>([
    ['by a stranger', () => l1Token(makeRingKey('ring-1'))],
    ['of an unknown key', () => l1Token(key(), { header: { kid: 'other' } })],
    ['expired', () => l1Token(key(), { claims: { exp: 1 } })],
    ['with another use', () => l1Token(key(), { claims: { token_use: 'access' } })],
  ])('%s is 401', async (_what, make) => {
    const answer = await withBearer(make());
    expect([answer.status, codeOf(answer)]).toEqual([401, 'invalid_token']);
  });
});

describe('what auth says of an actor is asked again', () => {
  beforeEach(() => void gateway.auth.sessions.set(sessionToken, sessionAnswer()));

  const roles = (): unknown[] => assertionsSeen(gateway).map(({ scopes }) => scopes);
  async function change(message: string): Promise<void> {
    await withBearer(sessionToken);
    gateway.auth.sessions.set(sessionToken, sessionAnswer({ scopes: [] }));
    await gateway.store.publish('cache:invalidate', message);
    await withBearer(sessionToken);
  }

  it('once the actor has changed', async () => {
    await change('{"cache":"actor","key":"user:alice"}');
    expect(roles()).toEqual([['read:*'], []]);
    await withBearer(sessionToken);
    expect(gateway.auth.introspections).toBe(2);
  });

  it('but not because of others, or of other caches', async () => {
    await change('{"cache":"actor","key":"user:bob"}');
    await change('{"cache":"l1/servers","key":"user:alice"}');
    expect(gateway.auth.introspections).toBe(1);
  });

  it('after a message that cannot be read', async () => {
    await change('{');
    expect(roles()).toEqual([['read:*'], []]);
  });

  it('after messages may have been lost', async () => {
    let onGap: (() => void) | undefined;
    const { store } = gateway;
    const subscribe: typeof store.subscribe = async (channel, onMessage, gap) => {
      if (channel === 'cache:invalidate') onGap = gap;
      return store.subscribe(channel, onMessage, gap);
    };
    const other = await startHarness({ logger: quietLogger(), overrides: { store: { ...store, subscribe } } });
    other.auth.sessions.set(sessionToken, sessionAnswer());
    const ask = (): Promise<RawAnswer> => rawGet(other.port, '/assets', [`Authorization: Bearer ${sessionToken}`]);
    await ask();
    await ask();
    expect(other.auth.introspections).toBe(1);
    onGap?.();
    await ask();
    expect(other.auth.introspections).toBe(2);
    await other.close();
  });
});

it('tells auth which tokens it has let in, each once a minute, and nothing of sessions that auth sees itself', async () => {
  gateway.auth.sessions.set(sessionToken, sessionAnswer());
  for (let times = 0; times < 3; times += 1) {
    await withBearer(accessToken(key()));
    await withBearer(apiToken(key()));
    await withBearer(sessionToken);
  }
  await eventually(() => gateway.auth.used.length > 0);
  expect(gateway.auth.used).toEqual(['ses_01', 'tok_api']);
});
