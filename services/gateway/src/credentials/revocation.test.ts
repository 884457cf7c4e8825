import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type CollectedLogs, collectLogs, accessToken, apiToken, makeRingKey, type RingKey } from '@artdag/testing';
import { apiKey, apiKeyAnswer, assertionsSeen, sessionAnswer, sessionToken } from '../callers.testing.ts';
import { type Harness, lendLease, startHarness } from '../harness.testing.ts';
import { type RawAnswer, rawGet, sendRaw } from '../raw-http.testing.ts';

let gateway: Harness;
let logs: CollectedLogs;

beforeEach(async () => {
  logs = collectLogs('info');
  gateway = await startHarness({ logger: logs.logger });
  gateway.auth.sessions.set(sessionToken, sessionAnswer());
  gateway.auth.sessions.set(apiKey, apiKeyAnswer());
});
afterEach(() => gateway.close());

const key = (): RingKey => gateway.auth.ring[0] ?? makeRingKey('none');
const get = (line: string, path = '/assets'): Promise<RawAnswer> => rawGet(gateway.port, path, [line]);
const post = (line: string, path = '/assets'): Promise<RawAnswer> =>
  sendRaw(
    gateway.port,
    `POST ${path} HTTP/1.1\r\nHost: a\r\nOrigin: https://l2.example\r\nContent-Length: 0\r\n${line}\r\n\r\n`,
  );
const codeOf = ({ body }: RawAnswer): unknown => JSON.parse(body).code;
const metrics = async (): Promise<string> => (await fetch(`${gateway.url}/metrics`)).text();

/** Each credential, the header it comes in, and every id under which it can be taken back. */
const carried: [string, () => string, string[], string][] = [
  ['an access token', () => `Authorization: Bearer ${accessToken(key())}`, ['tok_01', 'ses_01'], 'invalid_token'],
  ['an API token', () => `Authorization: Bearer ${apiToken(key())}`, ['tok_api'], 'invalid_token'],
  ['a session', () => `Authorization: Bearer ${sessionToken}`, ['ses_1'], 'invalid_token'],
  ['an API key', () => `X-API-Key: ${apiKey}`, ['key_1'], 'invalid_api_key'],
];
const cases = carried.flatMap(([what, line, ids, code]) =>
  [...ids, 'user:alice'].map((id): [string, string, () => string, string] => [what, id, line, code]),
);

describe.each([
  ['store', async () => lendLease(gateway.store), (id: string) => gateway.store.set(`deny:${id}`, 'logout')],
  ['auth', async () => undefined, async (id: string) => void gateway.auth.revoked.set(id, 'logout')],
])('taken back, as %s says', (by, prepare, revoke) => {
  beforeEach(prepare);

  it.each(cases)('%s by %s is refused with the next request, though it was just let in', async (_, id, line, code) => {
    expect((await get(line(), '/auth/me')).status).toBe(200);
    await revoke(id);
    for (let times = 0; times < 2; times += 1) {
      const answer = await get(line(), '/auth/me');
      expect([answer.status, codeOf(answer)]).toEqual([401, code]);
      expect(answer.headers['www-authenticate']).toContain('Bearer');
    }
    expect((await get(line())).status).toBe(401);
    expect((await post(line())).status).toBe(401);
    expect(gateway.seen).toHaveLength(1);
    const text = await metrics();
    expect(text).toContain(`credentials_refused_total{by="${by}"}`);
    const lines = logs.records().filter((record) => record['status'] === 401);
    expect(lines.map((record) => record['code'])).toEqual([code, code, code, code]);
  });

  it('a cookie leaves an anonymous caller and is cleared', async () => {
    const line = `Cookie: session_token=${sessionToken}`;
    await get(line);
    await revoke('ses_1');
    const answer = await get(line);
    expect(answer.status).toBe(200);
    expect(answer.text).toContain('Set-Cookie: session_token=;');
    expect(assertionsSeen(gateway)).toHaveLength(1);
    expect((await post(line)).status).toBe(401);
  });
});

it('counts what auth no longer knows as refused by introspection', async () => {
  gateway.auth.sessions.delete(sessionToken);
  expect((await get(`Authorization: Bearer ${sessionToken}`)).status).toBe(401);
  expect(await metrics()).toContain('credentials_refused_total{by="introspection"} 1');
});

it('asks auth nothing while the store is to be relied upon', async () => {
  await lendLease(gateway.store);
  for (const [, line] of carried) expect((await get(line())).status).toBe(200);
  expect(gateway.auth.statusQuestions).toEqual([]);
});

describe('while nobody can say', () => {
  const lines: [string, () => string][] = [
    ['Bearer', () => `Authorization: Bearer ${accessToken(key())}`],
    ['API key', () => `X-API-Key: ${apiKey}`],
    ['cookie', () => `Cookie: session_token=${sessionToken}`],
  ];

  beforeEach(async () => {
    for (const [, line] of lines) await get(line());
    gateway.seen.length = 0;
    gateway.auth.down = true;
  });

  it.each(lines)('%s: public reads are served as to anybody', async (_, line) => {
    const answer = await get(line());
    expect(answer.status).toBe(200);
    expect(answer.text).not.toContain('Set-Cookie');
    expect(assertionsSeen(gateway)).toEqual([]);
  });

  it.each(lines)('%s: everything else is 503 with Retry-After, and nothing reaches a service', async (_, line) => {
    for (const answer of [await get(line(), '/auth/me'), await post(line()), await post(line(), '/inbox')]) {
      expect([answer.status, codeOf(answer)]).toEqual([503, 'revocation_unavailable']);
      expect(answer.headers['retry-after']).toMatch(/^\d+$/);
      expect(answer.text).not.toContain('Set-Cookie');
    }
    expect(gateway.seen).toEqual([]);
  });

  it('ending a session is still auth’s to answer', async () => {
    expect((await post(`Cookie: session_token=${sessionToken}`, '/auth/logout')).status).toBe(200);
  });
});
