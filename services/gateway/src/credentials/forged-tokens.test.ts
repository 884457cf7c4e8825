import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  type CollectedLogs,
  collectLogs,
  accessToken,
  apiToken,
  l1Token,
  makeRingKey,
  type RingKey,
} from '@artdag/testing';
import { type Harness, startHarness, valuesOf } from '../harness.testing.ts';
import { rawGet } from '../raw-http.testing.ts';

let gateway: Harness;
let logs: CollectedLogs;
let ours: RingKey;
/** An assertion that the gateway itself made for a service. */
let seenAssertion = '';
const stranger = makeRingKey('ring-1');

beforeAll(async () => {
  logs = collectLogs('info');
  gateway = await startHarness({ logger: logs.logger });
  ours = gateway.auth.ring[0] ?? stranger;
  await rawGet(gateway.port, '/assets', [`Authorization: Bearer ${accessToken(ours)}`]);
  seenAssertion = valuesOf(gateway.seen[0]?.rawHeaders ?? [], 'x-actor-assertion')[0] ?? '';
});
afterAll(() => gateway.close());

const seconds = (): number => Math.floor(Date.now() / 1000);

type Changes = { header?: Record<string, unknown>; claims?: Record<string, unknown> };
type Make = (key: RingKey, changes?: Changes) => string;

/** Every kind that is let in, and how a good one is made. Forgeries are good ones but for one thing. */
const kinds: [string, Make, { typ: string; use: string }][] = [
  ['access token', accessToken, { typ: 'at+jwt', use: 'access' }],
  ['API token', apiToken, { typ: 'api+jwt', use: 'api' }],
];

function forgeriesOf(make: Make, other: { typ: string; use: string }): [string, () => string][] {
  const header = (changes: Record<string, unknown>) => () => make(ours, { header: changes });
  const claims = (changes: Record<string, unknown>) => () => make(ours, { claims: changes });
  return [
    ['alg none, unsigned', header({ alg: 'none' })],
    ['alg None', header({ alg: 'None' })],
    ['alg HS256 over the public key', header({ alg: 'HS256' })],
    ['alg RS512 by our own key', header({ alg: 'RS512' })],
    ['alg left out', header({ alg: undefined })],
    ['unknown kid', header({ kid: 'ring-2' })],
    ['no kid', header({ kid: undefined })],
    ['a kid that is no text', header({ kid: 7 })],
    ['a kid of every object', header({ kid: '__proto__' })],
    ['critical extensions', header({ crit: ['exp'] })],
    ['a stranger’s signature under our kid', () => make(stranger)],
    ['a key of the token’s own', () => make(stranger, { header: { jwk: stranger.jwk } })],
    ['foreign iss', claims({ iss: 'evil.example' })],
    ['no iss', claims({ iss: undefined })],
    ['foreign aud', claims({ aud: 'https://l1.example' })],
    ['no aud', claims({ aud: undefined })],
    ['typ JWT', header({ typ: 'JWT' })],
    ['typ in capitals', header({ typ: 'AT+JWT' })],
    ['typ of every object', header({ typ: 'constructor' })],
    ['typ of an internal assertion', header({ typ: 'internal+jwt' })],
    ['typ of an L1 token', header({ typ: 'l1+jwt' })],
    ['typ of the other kind', header({ typ: other.typ })],
    ['no typ', header({ typ: undefined })],
    ['token_use of the other kind', claims({ token_use: other.use })],
    ['token_use l1', claims({ token_use: 'l1' })],
    ['token_use internal', claims({ token_use: 'internal' })],
    ['no token_use', claims({ token_use: undefined })],
    ['no exp', claims({ exp: undefined })],
    ['exp that is no number', claims({ exp: 'never' })],
    ['expired beyond the leeway', claims({ exp: seconds() - 31 })],
    ['not valid yet', claims({ nbf: seconds() + 3600 })],
    ['nbf that is no number', claims({ nbf: 'now' })],
    ['issued in the future', claims({ iat: seconds() + 3600 })],
    ['no iat', claims({ iat: undefined })],
    ['no jti', claims({ jti: undefined })],
    ['no sub', claims({ sub: undefined })],
    ['empty sub', claims({ sub: '' })],
    ['truncated', () => make(ours).slice(0, -20)],
    ['without a signature', () => make(ours).replace(/[^.]+$/, '')],
    ['the signature of another token', () => resigned(make(ours), make(ours, { claims: { jti: 'tok_other' } }))],
    ['two parts', () => make(ours).split('.').slice(0, 2).join('.')],
    ['four parts', () => `${make(ours)}.x`],
    ['claims changed after signing', () => changed(make(ours))],
    ['20 KB long', claims({ padding: 'x'.repeat(20_000) })],
  ];
}

const nonsense: [string, () => string][] = [
  ['an access token without a session', () => accessToken(ours, { claims: { sid: undefined } })],
  ['an internal assertion of our own', () => seenAssertion],
  ['an L1 token by a stranger', () => l1Token(stranger)],
  ['dots alone', () => '..'],
  ['three dots', () => '...'],
  ['a dot', () => '.'],
  ['no base64', () => 'ä.ö.ü'.normalize('NFD').replace(/[^\x21-\x7e]/g, '!')],
  [
    'parts that are no JSON',
    () => ['no', 'json', 'here'].map((part) => Buffer.from(part).toString('base64url')).join('.'),
  ],
  [
    'parts that are JSON of the wrong kind',
    () => ['7', 'null', '[]'].map((part) => Buffer.from(part).toString('base64url')).join('.'),
  ],
  ['a JWE', () => `${Buffer.from('{"alg":"dir","enc":"A128GCM"}').toString('base64url')}..a.b.c`],
  ['an opaque token that nobody was given', () => 'A'.repeat(43)],
  ['an opaque token of a foreign shape', () => 'short'],
  ['an opaque token of 2000 characters', () => 'A'.repeat(2000)],
  ['an API key', () => `dk_${'k'.repeat(43)}`],
];

const forgeries: [string, () => string][] = [
  ...kinds.flatMap(([name, make], at): [string, () => string][] => {
    const other = kinds[1 - at]?.[2] ?? { typ: '', use: '' };
    return forgeriesOf(make, other).map(([what, forge]) => [`${name}: ${what}`, forge]);
  }),
  ...nonsense,
];

function resigned(token: string, another: string): string {
  return [...token.split('.').slice(0, 2), another.split('.')[2]].join('.');
}

function changed(token: string): string {
  const [head, payload = '', signature] = token.split('.');
  const read = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>;
  return [head, Buffer.from(JSON.stringify({ ...read, sub: 'user:root' })).toString('base64url'), signature].join('.');
}

describe('a forged token gets 401, one log line, and nothing of it is logged or forwarded', () => {
  it.each(forgeries)('%s', async (_, make) => {
    const token = make();
    const linesBefore = logs.records().length;
    const seenBefore = gateway.seen.length;
    const answer = await rawGet(gateway.port, '/assets', [`Authorization: Bearer ${token}`]);

    expect(answer.status).toBe(401);
    expect(answer.headers['www-authenticate']).toBe('Bearer realm="l2", MSign realm="musehub"');
    expect(JSON.parse(answer.body)).toMatchObject({ code: 'invalid_token', detail: expect.any(String) });
    expect(gateway.seen).toHaveLength(seenBefore);
    expect(logs.records()).toHaveLength(linesBefore + 1);
    expect(logs.records().at(-1)).toMatchObject({ status: 401, code: 'invalid_token' });
    for (const part of token.split('.').filter((text) => text.length > 8)) {
      expect(logs.text()).not.toContain(part);
      expect(answer.text).not.toContain(part);
    }
  });

  it.each([
    ['sent at once', 1024 * 1024],
    ['just over the header cap', 66_000],
  ])('1 MB long, %s', async (_, length) => {
    const linesBefore = logs.records().length;
    const answer = await rawGet(gateway.port, '/assets', [`Authorization: Bearer ${'eyJh'.repeat(length / 4)}`]);
    expect(answer.status).toBe(401);
    expect(answer.headers['www-authenticate']).toBe('Bearer realm="l2", MSign realm="musehub"');
    expect(JSON.parse(answer.body)).toMatchObject({ code: 'invalid_token' });
    expect(logs.records()).toHaveLength(linesBefore + 1);
    expect(logs.text()).not.toContain('eyJheyJh');
  });
});

it.each([
  ['two good tokens', () => [accessToken(ours), apiToken(ours)], 'invalid_authorization', 401],
  ['the same twice', () => [accessToken(ours), accessToken(ours)], 'invalid_authorization', 401],
  ['a good one before a bad one', () => [accessToken(ours), 'x'], 'invalid_authorization', 401],
  ['a good token of an L1', () => [l1Token(ours)], 'l1_token_not_accepted', 403],
  ['nothing', () => [''], 'invalid_authorization', 401],
] as const)('%s: one answer, one log line, no token in it', async (_, make, code, status) => {
  const tokens = make();
  const linesBefore = logs.records().length;
  const answer = await rawGet(
    gateway.port,
    '/assets',
    tokens.map((token) => `Authorization: Bearer ${token}`),
  );
  expect([answer.status, JSON.parse(answer.body).code]).toEqual([status, code]);
  expect(logs.records()).toHaveLength(linesBefore + 1);
  expect(logs.records().at(-1)).toMatchObject({ status, code });
  for (const part of tokens.flatMap((token) => token.split('.')).filter((text) => text.length > 8)) {
    expect(logs.text()).not.toContain(part);
  }
});

describe('a good token', () => {
  it.each([
    ['as it is', () => ({})],
    ['expired within the leeway', () => ({ exp: seconds() - 5 })],
    ['soon valid, within the leeway', () => ({ nbf: seconds() + 20 })],
    ['with unknown claims', () => ({ whatever: { deep: true } })],
  ])('%s becomes an assertion for the owner of the route', async (_, changes) => {
    gateway.seen.length = 0;
    const answer = await rawGet(gateway.port, '/assets', [
      `Authorization: bEaReR   ${accessToken(ours, { claims: changes() })}`,
    ]);
    expect(answer.status).toBe(200);
    const [assertion = ''] = valuesOf(gateway.seen[0]?.rawHeaders ?? [], 'x-actor-assertion');
    const payload = JSON.parse(Buffer.from(assertion.split('.')[1] ?? '', 'base64url').toString()) as object;
    expect(payload).toMatchObject({
      iss: 'artdag:gateway',
      aud: 'asset-registry',
      assertion: {
        actor: { actor_id: 'user:alice', actor_type: 'human', roles: ['member'] },
        username: 'alice',
        ...{ org_id: 'org_01', scopes: ['assets:create'], sid: 'ses_01', jti: 'tok_01' },
        ...{ method: 'bearer', token_use: 'access' },
      },
    });
  });
});
