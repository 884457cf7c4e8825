import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { openServer, type Service } from '@artdag/service-kit';
import { eventually, quietLogger } from '@artdag/testing';
import request from 'supertest';
import { expectHarmless } from './hostile.testing.ts';
import { jsonAnswer, serverInfo, startGatewayStandIn, type GatewayStandIn } from './gateway-stand-in.testing.ts';
import type { Overrides } from './service.ts';
import { startWeb } from './start-web.testing.ts';

const logger = quietLogger();
let gateway: GatewayStandIn;
let web: { url: string; service: Service };

beforeAll(async () => {
  gateway = await startGatewayStandIn();
  web = await startWeb({ GATEWAY_URL: gateway.url }, { logger });
});

/** What a test has started; closed after it, also when it failed. */
let others: Service[] = [];

async function startOther(env: NodeJS.ProcessEnv, overrides: Overrides = {}): Promise<typeof web> {
  const other = await startWeb({ GATEWAY_URL: gateway.url, ...env }, { logger, ...overrides });
  others.push(other.service);
  return other;
}

afterEach(async () => {
  gateway.answer = jsonAnswer(serverInfo);
  await Promise.all(others.map((other) => other.close()));
  others = [];
});

describe('every page', () => {
  it.each([
    ['/', 200, 'private, no-cache'],
    ['/nowhere', 404, 'private, no-cache'],
    ['/login', 200, 'no-store'],
    ['/register', 200, 'no-store'],
  ])('%s is HTML that varies and is not shared', async (path, status, caching) => {
    const { headers, text } = await request(web.url).get(path).expect(status);
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
    expect(headers['vary']).toBe('Accept, Cookie');
    expect(headers['cache-control']).toBe(caching);
    expect(text).toMatch(/^<!doctype html>/);
    expectHarmless(text);
  });

  it('loads and runs our own files, and nothing else', async () => {
    const { headers, text } = await request(web.url).get('/');
    expect(headers['content-security-policy']?.split(';')).toEqual([
      "default-src 'none'",
      "style-src 'self'",
      "script-src 'self'",
      "worker-src 'none'",
      "img-src 'self' data:",
      "base-uri 'none'",
      "form-action 'self'",
      "frame-ancestors 'none'",
      'upgrade-insecure-requests',
    ]);
    expect(text).not.toMatch(/ style=| on\w+=| src="(?!\/static\/)|url\(|@import|<style/);
    expect(headers['strict-transport-security']).toBeDefined();
    expect(headers['x-content-type-options']).toBe('nosniff');
    // Under `no-referrer` browsers would send `Origin: null` with our own forms.
    expect(headers['referrer-policy']).toBe('same-origin');
  });

  it('sends nobody to https on plain http', async () => {
    const plain = await startOther({ PUBLIC_SCHEME: 'http', ARTDAG_DOMAIN: 'localhost:8200' });
    const { headers, text } = await request(plain.url).get('/');
    expect(headers['content-security-policy']).not.toContain('upgrade-insecure-requests');
    expect(headers['strict-transport-security']).toBeUndefined();
    expect(text).toContain('L2=http://localhost:8200\n');
  });

  it.each(['/', '/nowhere', '/login'])('answers HEAD %s like GET, without the page', async (path) => {
    const requestId = { 'x-request-id': 'same' };
    const get = await request(web.url).get(path).set(requestId);
    const head = await request(web.url).head(path).set(requestId).expect(get.status);
    expect(head.text ?? '').toBe('');
    for (const name of ['content-length', 'content-type', 'vary', 'cache-control', 'content-security-policy']) {
      expect(head.headers[name]).toBe(get.headers[name]);
    }
  });
});

describe('addresses that are not there', () => {
  it.each(['/nowhere', '/Assets', '/%3Cscript%3Ealert(1)%3C/script%3E', '/%', '/..%2f', '/a?b=<script>'])(
    'answers 404 to %s with a page that does not repeat it',
    async (path) => {
      const { text } = await request(web.url).get(path).set('x-request-id', 'visit-9').expect(404);
      expect(text).toContain('<h1>Page not found</h1>');
      expect(text).toContain('Request visit-9');
      expect(text).not.toMatch(/nowhere|<script>|alert/i);
    },
  );

  it('answers 405 with a page to whoever writes to the home page', async () => {
    const { headers, text } = await request(web.url).post('/').send({ a: 1 }).expect(405);
    expect(headers['allow']).toBe('GET, HEAD');
    expect(text).toContain('<h1>Method not allowed</h1>');
  });
});

describe('the service', () => {
  it('is ready without asking anybody', async () => {
    await request(web.url).get('/readyz').expect(200);
    await request(web.url).get('/healthz').expect(200);
  });

  it('finishes the page in flight before it closes, on a server that it was given', async () => {
    const server = await openServer({ host: '127.0.0.1', port: 0 });
    const closing = await startOther({}, { server });
    let finish: (() => void) | undefined;
    gateway.routes['/'] = (req, res) => {
      finish = () => jsonAnswer(serverInfo)(req, res);
    };
    const page = fetch(closing.url).then((response) => response.text());
    await eventually(() => expect(finish).toBeDefined());
    const closed = Promise.all([closing.service.close(), closing.service.close()]);
    finish?.();
    expect(await page).toContain('1,234,567');
    await closed;
    expect(server.listening).toBe(false);
  });
});
