import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type CollectedLogs, collectLogs } from '@artdag/testing';
import { type Harness, startHarness, valuesOf } from '../harness.testing.ts';
import { rawGet, sendRaw } from '../raw-http.testing.ts';

let gateway: Harness;
let logs: CollectedLogs;

beforeAll(async () => {
  logs = collectLogs('info');
  gateway = await startHarness({ logger: logs.logger });
});
afterAll(() => gateway.close());
beforeEach(() => {
  gateway.seen.length = 0;
});

const codeOf = (body: string): unknown => (JSON.parse(body) as { code: unknown }).code;

describe('what only services may call', () => {
  it.each([
    ...['/internal', '/internal/', '/internal/sign', '/internal/auth/jwks', '/internal/auth/introspect?x=1'],
    ...['/INTERNAL/auth/jwks', '/Internal/auth/jwks', '/%69nternal/auth/jwks', '/%49NTERNAL/auth/jwks'],
    ...['/intern%61l/auth/jwks', '/internal%2Fauth%2Fjwks', '/internal;x/auth/jwks', '/%2569nternal/auth/jwks'],
  ])('%s is 404 for everybody, whatever the method', async (path) => {
    for (const method of ['GET', 'POST', 'OPTIONS', 'DELETE']) {
      const bytes = `${method} ${path} HTTP/1.1\r\nHost: a\r\nX-Actor-Assertion: x\r\nContent-Length: 0\r\n\r\n`;
      const answer = await sendRaw(gateway.port, bytes, 30);
      expect([method, answer.status, codeOf(answer.body)]).toEqual([method, 404, 'not_found']);
    }
    expect(gateway.seen).toEqual([]);
  });

  it.each([
    '/assets/../internal/sign',
    '//internal/sign',
    '/./internal/sign',
    '/x/%2e%2e/internal/sign',
    '/%2finternal',
  ])('%s is 400', async (path) => {
    const answer = await rawGet(gateway.port, path);
    expect([answer.status, codeOf(answer.body)]).toEqual([400, 'invalid_path']);
    expect(gateway.seen).toEqual([]);
  });
});

describe('paths and methods', () => {
  it.each([
    '/nothing',
    '/auth/unknown',
    '/api/auth',
    '/api/auth/keys/a/b/c',
    '/assets/a/b',
    '/assets/',
    '/ASSETS',
    '/metrics/x',
  ])('GET %s is 404, in the shape of every error', async (path) => {
    const answer = await rawGet(gateway.port, path, ['X-Request-Id: r-404']);
    expect(answer.status).toBe(404);
    expect(JSON.parse(answer.body)).toEqual({ detail: 'Not Found', code: 'not_found', request_id: 'r-404' });
    expect(answer.headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'x-request-id': 'r-404' });
  });

  it.each([
    ['DELETE', '/assets', 'GET, POST, HEAD'],
    ['PUT', '/assets/x', 'GET, PATCH, DELETE, HEAD'],
    ['GET', '/inbox', 'POST'],
    ['GET', '/users/a/inbox', 'POST'],
    ['POST', '/healthz', 'GET, HEAD'],
    ['GET', '/api/auth/verify', 'POST'],
    ['GET', '/auth/verify', 'POST'],
    ['PATCH', '/api/identities/agent', 'POST, GET, HEAD'],
    ['PATCH', '/api/auth/keys/a', 'GET, HEAD'],
    ['PATCH', '/', 'GET, HEAD'],
    ['OPTIONS', '/auth/login', 'POST'],
    ['TRACE', '/assets', 'GET, POST, HEAD'],
  ])('%s %s is 405 with Allow: %s', async (method, path, allow) => {
    const answer = await sendRaw(gateway.port, `${method} ${path} HTTP/1.1\r\nHost: a\r\n\r\n`);
    expect(answer.status).toBe(405);
    expect(answer.headers['allow']).toBe(allow);
    expect(codeOf(answer.body)).toBe('method_not_allowed');
    expect(gateway.seen).toEqual([]);
  });

  it.each(['GET http://evil.example/assets', 'OPTIONS *', 'GET assets', 'GET /assets#x'])('%s is 400', async (line) => {
    const answer = await sendRaw(gateway.port, `${line} HTTP/1.1\r\nHost: a\r\n\r\n`);
    expect(answer.status).toBe(400);
    expect(gateway.seen).toEqual([]);
  });
});

it('refuses a credential in the query with 400, and neither logs nor repeats it', async () => {
  const answer = await rawGet(gateway.port, '/assets?limit=1&access_token=sekrit-1');
  expect([answer.status, codeOf(answer.body)]).toEqual([400, 'credential_in_query']);
  expect(gateway.seen).toEqual([]);
  expect(logs.text() + answer.text).not.toContain('sekrit-1');
});

describe('one path, several readers', () => {
  it.each([
    [[], 'json'],
    [['Accept: */*'], 'json'],
    [['Accept: application/json'], 'json'],
    [['Accept: text/html,application/xhtml+xml,*/*;q=0.8'], 'page'],
    [['Accept: text/html;q=0.5, application/json'], 'json'],
    [['Accept: text/html', 'Accept: application/activity+json'], 'json'],
  ])('GET / with %j is the %s', async (lines, wanted) => {
    const answer = await rawGet(gateway.port, '/', lines);
    expect(answer.status).toBe(200);
    const page = gateway.seen.some((seen) => seen.url === '/');
    expect(page ? 'page' : 'json').toBe(wanted);
    expect(answer.headers['vary']).toBe(wanted === 'page' ? 'Accept, Cookie' : 'Accept');
  });

  it('GET /renderers asks programs for a credential, and leaves strangers with a browser to the page', async () => {
    expect((await rawGet(gateway.port, '/renderers')).status).toBe(401);
    expect(gateway.seen).toEqual([]);
    const page = await rawGet(gateway.port, '/renderers', ['Accept: text/html']);
    expect([page.status, page.headers['vary'], gateway.seen.length]).toEqual([200, 'Accept, Cookie', 1]);
  });

  it('refusals are pages for browsers, and JSON for programs', async () => {
    const page = await rawGet(gateway.port, '/auth/me', ['Accept: text/html']);
    expect([page.status, page.headers['content-type']]).toEqual([401, 'text/html; charset=utf-8']);
    expect(page.text).toContain('<a href="/login">Log in</a>');
    expect((await rawGet(gateway.port, '/auth/me')).headers['content-type']).toContain('application/json');
    await rawGet(gateway.port, '/nothing-here', ['Accept: text/html']);
    expect(gateway.seen.map(({ url }) => url)).toEqual(['/nothing-here']);
    expect((await rawGet(gateway.port, '/nothing-here')).status).toBe(404);
  });

  describe.each(['/renderers/attach', '/renderers/detach'])('the form of a page that goes to %s', (path) => {
    const form = 'content-type: application/x-www-form-urlencoded';
    const body = 'l1_server=https%3A%2F%2Fl1.example%2F';
    const send = (...lines: string[]) => {
      const head = [`POST ${path} HTTP/1.1`, 'Host: l2.example', 'Connection: close', ...lines];
      return sendRaw(gateway.port, [...head, `Content-Length: ${body.length}`, '', body].join('\r\n'), 5000);
    };

    it.each([
      ['from nobody', []],
      ['with a session that has ended', ['Cookie: session_token=ended-long-ago-0123456789']],
      ['with a session that is no such thing', ['Cookie: session_token=x']],
      ['with a session twice', ['Cookie: session_token=x; session_token=y']],
      ['of another site, which gains nothing', ['Origin: https://evil.example', 'Sec-Fetch-Site: cross-site']],
    ])('leads a browser to the login and back to the page: %s', async (_whose, lines) => {
      const { status, headers, text } = await send('Accept: text/html,application/xhtml+xml,*/*;q=0.8', form, ...lines);
      expect([status, headers['location']]).toEqual([303, '/login?return_to=%2Frenderers']);
      expect(text).toMatch(/\r\n\r\n$/);
      expect(headers['cache-control']).toBe('no-store');
      expect(headers).not.toHaveProperty('www-authenticate');
      expect(gateway.seen).toEqual([]);
    });

    it.each([
      ['a program, with a form', [form]],
      ['a program, with a form and JSON in mind', [form, 'Accept: application/json, text/html;q=0.9']],
      ['a program, with JSON', ['Content-Type: application/json']],
    ])('is 401 as ever to %s', async (_who, lines) => {
      const { status, headers, body: said } = await send(...lines);
      expect([status, codeOf(said), headers['location']]).toEqual([401, 'unauthorized', undefined]);
      expect(headers['www-authenticate']).toContain('Bearer');
      expect(gateway.seen).toEqual([]);
    });
  });

  it('adds to a service’s own Vary, and does not repeat what it says', async () => {
    const original = gateway.respond;
    for (const [theirs, lines] of [
      ['Origin', 2],
      ['cookie , ACCEPT,Origin', 1],
      ['*', 1],
    ] as const) {
      gateway.respond = (_request, response) => void response.writeHead(200, { Vary: theirs }).end();
      const answer = await rawGet(gateway.port, '/', ['Accept: text/html']);
      expect(answer.text.match(/^vary: /gim)).toHaveLength(lines);
    }
    gateway.respond = original;
  });

  it('HEAD is answered like GET, without the body', async () => {
    const answer = await sendRaw(gateway.port, 'HEAD / HTTP/1.1\r\nHost: a\r\n\r\n');
    expect([answer.status, answer.body, answer.headers['vary']]).toEqual([200, '', 'Accept']);
  });

  it('other paths go to their owner, browser or not', async () => {
    await rawGet(gateway.port, '/assets', ['Accept: text/html']);
    expect(valuesOf(gateway.seen[0]?.rawHeaders ?? [], 'accept')).toEqual(['text/html']);
  });
});

describe('Expect: 100-continue', () => {
  const head = (path: string, extra = ''): string =>
    `POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nExpect: 100-continue\r\n${extra}\r\n`;

  it('is told to go on once the request is on its way', async () => {
    const answer = await sendRaw(gateway.port, head('/inbox'));
    expect(answer.status).toBe(100);
    const whole = await sendRaw(gateway.port, `${head('/inbox')}body`);
    expect(whole.text).toContain('HTTP/1.1 200 OK');
    expect(gateway.seen.at(-1)?.bodyBytes).toBe(4);
    expect(valuesOf(gateway.seen.at(-1)?.rawHeaders ?? [], 'expect')).toEqual([]);
  });

  it('is told no without having to send anything, and the connection ends', async () => {
    for (const [request, status] of [
      [head('/assets'), 401],
      [head('/nothing'), 404],
      [head('/inbox').replace('Length: 4', 'Length: 9999999'), 413],
    ] as const) {
      const answer = await sendRaw(gateway.port, request);
      expect([answer.status, answer.headers['connection']]).toEqual([status, 'close']);
      expect(answer.text).not.toContain('100 Continue');
    }
  });
});

describe('bodies where none belong', () => {
  it.each([
    'GET /assets HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody',
    'GET /assets HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    'HEAD /assets HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx',
  ])('%j is 400', async (bytes) => {
    expect((await sendRaw(gateway.port, bytes)).status).toBe(400);
    expect(gateway.seen).toEqual([]);
  });
});

it('keeps a connection alive through a refusal with a body', async () => {
  const refused = 'POST /assets HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody';
  const answer = await sendRaw(
    gateway.port,
    `${refused}GET /users HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`,
    5000,
  );
  expect(answer.text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 401', 'HTTP/1.1 200']);
});
