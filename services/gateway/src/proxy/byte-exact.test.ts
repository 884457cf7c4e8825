import { createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { quietLogger } from '@artdag/testing';
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

describe('path and query reach the service byte by byte', () => {
  it.each([
    '/assets',
    '/assets?',
    '/assets?limit=1&limit=1&&=&?/?x=%zz',
    "/assets/!$&'()*+,;=:@~-._",
    '/assets/%7e%7E%41a%2Fb%20c',
    '/assets/%e4%c3%a4%00?q="<>[]{}|^`\\\u0027',
    '/assets/a..b?path=../..//./%23',
    '/assets/%252e%252e?a=b;c=d+e%2Bf',
    `/assets/${'x'.repeat(4000)}?${'y=1&'.repeat(500)}`,
  ])('%s', async (target) => {
    const answer = await rawGet(gateway.port, target);
    expect(answer.status).toBe(200);
    expect(gateway.seen[0]?.url).toBe(target);
  });
});

describe('headers', () => {
  it('keep order, spelling, duplicates and bytes, and Host', async () => {
    const lines = [
      'aCCept: x/y',
      'X-Dup: 1',
      'x-dup: 2',
      'Signature: keyId="a",\tb',
      'X-Latin: \u00e4\u00ff',
      'Date: now',
    ];
    await sendRaw(gateway.port, ['GET /assets HTTP/1.1', 'HOST: Foo.EXAMPLE:8200', ...lines, '', ''].join('\r\n'));
    const { rawHeaders = [] } = gateway.seen[0] ?? {};
    const from = rawHeaders.indexOf('aCCept');
    expect(rawHeaders.slice(from, from + 12)).toEqual([
      ...['aCCept', 'x/y', 'X-Dup', '1', 'x-dup', '2', 'Signature', 'keyId="a",\tb'],
      ...['X-Latin', '\u00e4\u00ff', 'Date', 'now'],
    ]);
    expect(valuesOf(rawHeaders, 'host')).toEqual(['Foo.EXAMPLE:8200']);
  });
});

describe('bodies', () => {
  it('of announced and of unknown length arrive unchanged', async () => {
    const body = randomBytes(100_000);
    const sha256 = createHash('sha256').update(body).digest('hex');
    const head = ['POST /inbox HTTP/1.1', 'Host: l2.example', 'Content-Type: application/activity+json'];
    const announced = [...head, `Content-Length: ${body.length}`, '', ''].join('\r\n');
    await sendRaw(gateway.port, Buffer.concat([Buffer.from(announced), body]));
    const chunked = [...head, 'Transfer-Encoding: chunked', '', body.length.toString(16), ''].join('\r\n');
    await sendRaw(gateway.port, Buffer.concat([Buffer.from(chunked), body, Buffer.from('\r\n0\r\n\r\n')]));

    expect(gateway.seen.map((seen) => seen.bodySha256)).toEqual([sha256, sha256]);
    expect(valuesOf(gateway.seen[0]?.rawHeaders ?? [], 'content-length')).toEqual([String(body.length)]);
    expect(valuesOf(gateway.seen[1]?.rawHeaders ?? [], 'content-length')).toEqual([]);
  });

  it('may be empty', async () => {
    const answer = await sendRaw(gateway.port, 'POST /inbox HTTP/1.1\r\nHost: l2.example\r\nContent-Length: 0\r\n\r\n');
    expect(answer.status).toBe(200);
    expect(gateway.seen[0]?.bodyBytes).toBe(0);
  });
});

describe('answers', () => {
  it('keep status, status text, order, duplicates and bytes, but for the connection’s own headers', async () => {
    const original = gateway.respond;
    gateway.respond = (_request, response) => {
      const headers = ['Set-Cookie', 'a=1', 'X-Odd', '\u00e4', 'set-cookie', 'b=2', 'Keep-Alive', 'timeout=1'];
      response.writeHead(418, 'Short and stout', [...headers, 'Trailer', 'X-T', 'X-Request-Id', 'theirs']);
      response.end(Buffer.from([0, 1, 0xff]));
    };
    const answer = await rawGet(gateway.port, '/assets', ['X-Request-Id: mine-1']);
    gateway.respond = original;

    expect(answer.text).toMatch(/^HTTP\/1\.1 418 Short and stout\r\n/);
    expect(answer.text).toContain('Set-Cookie: a=1\r\nX-Odd: \u00e4\r\nset-cookie: b=2\r\n');
    expect(answer.headers).toMatchObject({ 'x-request-id': 'mine-1' });
    expect(answer.headers['keep-alive']).not.toBe('timeout=1');
    expect(answer.headers['trailer']).toBeUndefined();
    expect(answer.body).toContain('\u0000\u0001\u00ff');
  });

  it('have no body for HEAD, and keep the announced length', async () => {
    const original = gateway.respond;
    gateway.respond = (_request, response) => void response.writeHead(200, { 'Content-Length': '1234' }).end();
    const answer = await sendRaw(gateway.port, 'HEAD /assets HTTP/1.1\r\nHost: l2.example\r\n\r\n');
    gateway.respond = original;
    expect(answer).toMatchObject({ status: 200, body: '', headers: { 'content-length': '1234' } });
  });

  it.each([204, 304])('%i stays without a body', async (status) => {
    const original = gateway.respond;
    gateway.respond = (_request, response) => void response.writeHead(status, { ETag: '"x"' }).end();
    const answer = await rawGet(gateway.port, '/assets');
    gateway.respond = original;
    expect(answer).toMatchObject({ status, body: '', headers: { etag: '"x"' } });
  });
});
