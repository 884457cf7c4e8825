import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { quietLogger, accessToken } from '@artdag/testing';
import { type Harness, startHarness, valuesOf } from '../harness.testing.ts';
import { rawGet, sendRaw } from '../raw-http.testing.ts';

let gateway: Harness;

beforeAll(async () => {
  gateway = await startHarness({ logger: quietLogger() });
});
afterAll(() => gateway.close());
beforeEach(() => {
  gateway.seen.length = 0;
});

/** The names, in lower case, that the service saw of a GET with these header lines. */
async function namesSeen(target: string, lines: readonly string[]): Promise<string[]> {
  const answer = await rawGet(gateway.port, target, lines);
  expect(answer.status).toBe(200);
  const { rawHeaders = [] } = gateway.seen[0] ?? {};
  return rawHeaders.filter((_, at) => at % 2 === 0).map((name) => name.toLowerCase());
}

describe('headers that would speak for somebody', () => {
  it.each([
    ...['X-Actor-Assertion', 'x-actor-assertion', 'X-ACTOR-ASSERTION', 'x-AcToR-aSsErTiOn', 'X-Actor-Id', 'X-Actor'],
    ...['X_Actor_Assertion', 'X-Actor_Id', 'X-Internal-Service', 'x-internal', 'X-Internal-', 'X-Org-Id', 'x-org'],
    ...['X-Real-IP', 'Forwarded', 'X-Forwarded-Host', 'X-Forwarded-Port', 'Proxy-Authorization'],
  ])('%s ends here', async (name) => {
    const names = await namesSeen('/assets', [`${name}: forged`, `${name.toUpperCase()}: forged again`]);
    expect(names).not.toContain(name.toLowerCase());
    expect(JSON.stringify(gateway.seen[0])).not.toContain('forged');
  });

  it.each(['X-Actors', 'X-Organ', 'X-Internals', 'X-Action', 'Actor', 'My-X-Actor-Id'])(
    '%s is none of them',
    async (name) => {
      expect(await namesSeen('/assets', [`${name}: kept`])).toContain(name.toLowerCase());
    },
  );
});

describe('headers of the connection', () => {
  it.each(['Keep-Alive', 'TE', 'Trailer', 'Proxy-Connection', 'Upgrade', 'HTTP2-Settings'])(
    '%s ends here',
    async (name) => {
      expect(await namesSeen('/assets', [`${name}: x`])).not.toContain(name.toLowerCase());
    },
  );

  it('take with them what Connection names, but nothing that a request needs or that is ours to say', async () => {
    const names = await namesSeen('/assets', [
      'Connection: keep-alive, X-Private,Host, x-forwarded-for, x-request-id, date, signature',
      ...['X-Private: x', 'X-Public: x', 'Date: now', 'Signature: s'],
    ]);
    expect(names).not.toContain('x-private');
    expect(names).toEqual(
      expect.arrayContaining(['x-public', 'host', 'x-forwarded-for', 'x-request-id', 'date', 'signature']),
    );
  });
});

describe('raw credentials', () => {
  const cookie = 'Cookie: session_token=c';
  function bearer(): string {
    return `Authorization: Bearer ${accessToken(gateway.auth.ring[0] ?? fail())}`;
  }
  function fail(): never {
    throw new Error('no key');
  }

  it('reach auth where they are made or ended, good or not, with no assertion', async () => {
    const names = await namesSeen('/auth/logout', ['Authorization: Bearer bad', 'X-API-Key: bad', cookie]);
    expect(names).toEqual(expect.arrayContaining(['authorization', 'x-api-key', 'cookie']));
    expect(names).not.toContain('x-actor-assertion');
  });

  it.each(['/auth/me', '/auth/sessions', '/v1/tokens'])('do not reach auth at %s', async (path) => {
    const names = await namesSeen(path, [bearer(), cookie]);
    expect(names).not.toContain('authorization');
    expect(names).not.toContain('cookie');
    expect(names).toContain('x-actor-assertion');
  });

  it('reach no other service, which gets an assertion instead', async () => {
    const names = await namesSeen('/assets', [bearer(), cookie]);
    expect(names).not.toContain('authorization');
    expect(names).not.toContain('cookie');
    expect(names).toContain('x-actor-assertion');
  });

  it('reach web as cookies only, with no assertion', async () => {
    const names = await namesSeen('/', [bearer(), cookie, 'Accept: text/html']);
    expect(names).toContain('cookie');
    expect(names).not.toContain('authorization');
    expect(names).not.toContain('x-actor-assertion');
  });
});

describe('Host', () => {
  it.each([
    ['twice', 'GET /assets HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n'],
    ['twice alike', 'GET /assets HTTP/1.1\r\nHost: a\r\nhost: a\r\n\r\n'],
    ['missing', 'GET /assets HTTP/1.1\r\n\r\n'],
    ['missing in HTTP/1.0', 'GET /assets HTTP/1.0\r\n\r\n'],
  ])('%s is refused with 400', async (_, bytes) => {
    const answer = await sendRaw(gateway.port, bytes);
    expect(answer.status).toBe(400);
    expect(gateway.seen).toEqual([]);
  });
});

describe('X-Request-Id', () => {
  it.each(['abc.DEF_1-2', 'x'.repeat(128)])('%s is taken over', async (id) => {
    const answer = await rawGet(gateway.port, '/assets', [`X-Request-Id: ${id}`]);
    expect(answer.headers['x-request-id']).toBe(id);
    expect(valuesOf(gateway.seen[0]?.rawHeaders ?? [], 'x-request-id')).toEqual([id]);
  });

  it.each(['a b', 'x'.repeat(129), 'a"b', ''])('%j is replaced, and told the same to both sides', async (id) => {
    const answer = await rawGet(gateway.port, '/assets', [`X-Request-Id: ${id}`]);
    const [told] = valuesOf(gateway.seen[0]?.rawHeaders ?? [], 'x-request-id');
    expect(told).toMatch(/^[A-Za-z0-9._-]{1,128}$/);
    expect(told).not.toBe(id);
    expect(answer.headers['x-request-id']).toBe(told);
  });
});
