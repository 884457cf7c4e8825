import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { csrfTokenOf } from '@artdag/service-kit';
import { quietLogger, accessToken, makeRingKey } from '@artdag/testing';
import { apiKey, apiKeyAnswer, sessionAnswer, sessionToken } from '../callers.testing.ts';
import { type Harness, startHarness } from '../harness.testing.ts';
import { type RawAnswer, sendRaw } from '../raw-http.testing.ts';

let gateway: Harness;
let platformToken: string;

beforeAll(async () => {
  gateway = await startHarness({ logger: quietLogger() });
  gateway.auth.sessions.set(sessionToken, sessionAnswer());
  gateway.auth.sessions.set(apiKey, apiKeyAnswer());
  platformToken = accessToken(gateway.auth.ring[0] ?? makeRingKey('none'));
});
afterAll(() => gateway.close());
beforeEach(() => void (gateway.seen.length = 0));

function send(first: string, lines: readonly string[]): Promise<RawAnswer> {
  return sendRaw(gateway.port, [`${first} HTTP/1.1`, 'Host: a', 'Content-Length: 0', ...lines, '', ''].join('\r\n'));
}
const session = `Cookie: session_token=${sessionToken}`;

describe('an unsafe request that a cookie authenticates', () => {
  it.each<[string, string[]]>([
    ['no word of where it comes from', []],
    ['a stranger’s Origin', ['Origin: https://evil.example']],
    ['a sibling’s Origin', ['Origin: https://evil.l2.example', 'Sec-Fetch-Site: same-site']],
    ['our Origin with another scheme', ['Origin: http://l2.example']],
    ['Origin null', ['Origin: null', 'Sec-Fetch-Site: cross-site']],
    ['two Origins', ['Origin: https://l2.example', 'Origin: https://evil.example']],
    ['a Referer of ours alone', ['Referer: https://l2.example/login']],
    ['the token of another session', [`X-CSRF-Token: ${csrfTokenOf('x'.repeat(43))}`]],
  ])('is refused with %s', async (_what, lines) => {
    for (const cookie of [session, `Cookie: platform_token=${platformToken}`]) {
      for (const first of ['POST /assets', 'DELETE /auth/sessions/ses_2', 'PATCH /auth/me']) {
        const answer = await send(first, [cookie, ...lines]);
        expect([answer.status, JSON.parse(answer.body).code]).toEqual([403, 'csrf']);
      }
    }
    expect(gateway.seen).toEqual([]);
  });

  it.each<[string, string[]]>([
    ['our Origin', ['Origin: https://l2.example']],
    ['a browser that says same-origin', ['Sec-Fetch-Site: same-origin']],
    ['the token of its cookie', [`X-CSRF-Token: ${csrfTokenOf(sessionToken)}`]],
  ])('passes with %s', async (_what, lines) => {
    expect((await send('POST /assets', [session, ...lines])).status).toBe(200);
    expect(gateway.seen).toHaveLength(1);
  });

  it('needs the token of the cookie that counts, not of one that a sibling may have set beside it', async () => {
    const cookies = `Cookie: session_token=${'e'.repeat(43)}; platform_token=${platformToken}`;
    const forged = await send('POST /assets', [cookies, `X-CSRF-Token: ${csrfTokenOf('e'.repeat(43))}`]);
    expect(forged.status).toBe(403);
    expect((await send('POST /assets', [cookies, `X-CSRF-Token: ${csrfTokenOf(platformToken)}`])).status).toBe(200);
  });
});

it.each([
  ['Bearer', () => `Authorization: Bearer ${platformToken}`],
  ['an API key', () => `X-API-Key: ${apiKey}`],
])('asks nothing of the kind of %s, also beside a cookie', async (_what, line) => {
  expect((await send('POST /assets', [line(), session, 'Origin: https://elsewhere.example'])).status).toBe(200);
});

it('asks nothing of reads, nor of forms that check by themselves, nor where auth reads the cookie', async () => {
  const evil = 'Origin: https://evil.example';
  for (const first of ['GET /assets', 'POST /login', 'POST /register', 'POST /logout', 'POST /auth/logout']) {
    expect((await send(first, [session, evil])).status).toBe(200);
  }
});

it('asks nothing of callers whose cookie does not count', async () => {
  expect((await send('POST /assets', ['Cookie: session_token=bad'])).status).toBe(401);
  expect((await send('POST /inbox', ['Cookie: session_token=bad'])).status).toBe(200);
});
