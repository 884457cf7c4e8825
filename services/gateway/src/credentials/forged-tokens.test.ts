import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type CollectedLogs, collectLogs } from '@artdag/testing';
import { type Harness, startHarness, valuesOf } from '../harness.testing.ts';
import { rawGet } from '../raw-http.testing.ts';
import { accessClaims, accessToken, makeRingKey, type RingKey, writeJwt } from '../tokens.testing.ts';

let gateway: Harness;
let logs: CollectedLogs;
let ours: RingKey;
const stranger = makeRingKey('ring-1');

beforeAll(async () => {
  logs = collectLogs('info');
  gateway = await startHarness({ logger: logs.logger });
  ours = gateway.auth.ring[0] ?? stranger;
});
afterAll(() => gateway.close());

const seconds = (): number => Math.floor(Date.now() / 1000);
const header = { alg: 'RS256', typ: 'at+jwt', kid: 'ring-1' };
const claims = (changes: Record<string, unknown>): string => accessToken(ours, { claims: changes });
const withHeader = (changes: Record<string, unknown>): string => accessToken(ours, { header: changes });

const forgeries: [string, () => string][] = [
  ['alg none, unsigned', () => withHeader({ alg: 'none' })],
  ['alg None', () => withHeader({ alg: 'None' })],
  ['alg HS256 over the public key', () => withHeader({ alg: 'HS256' })],
  ['alg RS512 by our own key', () => withHeader({ alg: 'RS512' })],
  ['alg left out', () => withHeader({ alg: undefined })],
  ['unknown kid', () => withHeader({ kid: 'ring-2' })],
  ['no kid', () => withHeader({ kid: undefined })],
  ['a kid that is no text', () => withHeader({ kid: 7 })],
  ['a stranger’s signature under our kid', () => writeJwt(header, accessClaims(), stranger)],
  ['a key of the token’s own', () => writeJwt({ ...header, jwk: stranger.jwk }, accessClaims(), stranger)],
  ['foreign iss', () => claims({ iss: 'evil.example' })],
  ['no iss', () => claims({ iss: undefined })],
  ['foreign aud', () => claims({ aud: 'https://l1.example' })],
  ['no aud', () => claims({ aud: undefined })],
  ['typ JWT', () => withHeader({ typ: 'JWT' })],
  ['typ of an internal assertion', () => withHeader({ typ: 'internal+jwt' })],
  ['typ of an L1 token', () => withHeader({ typ: 'l1+jwt' })],
  ['no typ', () => withHeader({ typ: undefined })],
  ['token_use api', () => claims({ token_use: 'api' })],
  ['token_use l1', () => claims({ token_use: 'l1' })],
  ['no token_use', () => claims({ token_use: undefined })],
  ['no exp', () => claims({ exp: undefined })],
  ['exp that is no number', () => claims({ exp: 'never' })],
  ['expired beyond the leeway', () => claims({ exp: seconds() - 31 })],
  ['not valid yet', () => claims({ nbf: seconds() + 120 })],
  ['issued in the future', () => claims({ iat: seconds() + 120 })],
  ['no sub', () => claims({ sub: undefined })],
  ['empty sub', () => claims({ sub: '' })],
  ['truncated', () => accessToken(ours).slice(0, -20)],
  ['without a signature', () => accessToken(ours).replace(/[^.]+$/, '')],
  ['two parts', () => accessToken(ours).split('.').slice(0, 2).join('.')],
  ['four parts', () => `${accessToken(ours)}.x`],
  ['dots alone', () => '..'],
  ['no base64', () => 'ä.ö.ü'.normalize('NFD').replace(/[^\x21-\x7e]/g, '!')],
  ['claims changed after signing', () => changed(accessToken(ours))],
  ['20 KB long', () => accessToken(ours, { claims: { padding: 'x'.repeat(20_000) } })],
  ['an opaque token that nobody was given', () => 'A'.repeat(43)],
  ['an opaque token of a foreign shape', () => 'short'],
  ['an opaque token of 2000 characters', () => 'A'.repeat(2000)],
];

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

describe('a good token', () => {
  it.each([
    ['as it is', {}],
    ['expired within the leeway', { exp: seconds() - 5 }],
    ['soon valid, within the leeway', { nbf: seconds() + 20 }],
    ['with unknown claims', { whatever: { deep: true } }],
  ])('%s becomes an assertion for the owner of the route', async (_, changes) => {
    gateway.seen.length = 0;
    const answer = await rawGet(gateway.port, '/assets', [`Authorization: bEaReR   ${claims(changes)}`]);
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
