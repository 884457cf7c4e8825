import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createSafeFetch } from './create-safe-fetch.ts';
import { closeServers, fakeLookup, startHttp, startTcp, type TestServer } from './servers.testing.ts';
import type { SafeFetchClient } from './types.ts';

let safeFetch: SafeFetchClient;
const allowed = { allowedPrivateCidrs: ['127.0.0.1/32'], userAgent: 'test' };
beforeEach(() => {
  safeFetch = createSafeFetch(allowed);
});
afterEach(async () => {
  await safeFetch.close();
  await closeServers();
});
const at = (server: TestServer) => `http://127.0.0.1:${server.port}/`;

describe('an exchange', () => {
  it('sends method, headers and body, and gives back status, headers and body', async () => {
    const server = await startHttp((req, res) => {
      const chunks: Buffer[] = [];
      req.on('data', (chunk: Buffer) => chunks.push(chunk));
      req.on('end', () => {
        res.writeHead(418, { 'X-Twice': ['1', '2'], 'set-cookie': ['a=1', 'b=2'] });
        res.end(
          JSON.stringify({ method: req.method, headers: req.headers, body: Buffer.concat(chunks).toString('latin1') }),
        );
      });
    });
    const init = {
      method: 'put',
      body: Buffer.from([0, 255]),
      headers: { 'X-Own': 'y', Connection: 'upgrade', 'Content-Length': '9' },
      accept: 'a/b',
    };
    const answer = await safeFetch(at(server), init);
    expect(answer.status).toBe(418);
    expect(answer.headers).toMatchObject({ 'x-twice': '1, 2', 'set-cookie': 'a=1, b=2' });
    const told = JSON.parse(answer.body.toString()) as {
      method: string;
      headers: Record<string, string>;
      body: string;
    };
    expect(told).toMatchObject({
      method: 'PUT',
      body: '\0\xff',
      headers: { 'x-own': 'y', accept: 'a/b', 'content-length': '2' },
    });
    expect(told.headers['connection']).not.toBe('upgrade');
  });

  it('is no prey to headers with the names of an object’s own members', async () => {
    const server = await startTcp((socket) => {
      socket.once('data', () =>
        socket.end('HTTP/1.1 200 OK\r\n__proto__: x\r\nconstructor: y\r\ncontent-length: 0\r\n\r\n'),
      );
    });
    const { headers } = await safeFetch(at(server));
    expect(Object.getPrototypeOf(headers)).toBe(Object.prototype);
    expect(Object.hasOwn(headers, 'constructor')).toBe(true);
  });

  it.each([
    ['text/html; charset=utf-8', false],
    ['application/activity+json; charset=utf-8', true],
    ['APPLICATION/ACTIVITY+JSON', true],
    [undefined, false],
  ])('with the content type %s is taken: %p', async (type, taken) => {
    const server = await startHttp((_req, res) =>
      res.writeHead(200, type === undefined ? {} : { 'content-type': type }).end('{}'),
    );
    const answer = safeFetch(at(server), { contentTypes: ['application/activity+json', 'application/ld+json'] });
    if (taken) await expect(answer).resolves.toMatchObject({ status: 200 });
    else await expect(answer).rejects.toMatchObject({ code: 'content_type_refused' });
  });

  it('does not look at the content type of an error', async () => {
    const server = await startHttp((_req, res) => res.writeHead(404, { 'content-type': 'text/html' }).end('no'));
    await expect(safeFetch(at(server), { contentTypes: ['application/json'] })).resolves.toMatchObject({ status: 404 });
  });

  it.each([
    ['a header with a line break', { headers: { 'x-a': 'b\r\nc: d' } }],
    ['a header name that is none', { headers: { 'x a': 'b' } }],
    ['a method that is none', { method: 'GET /x' }],
    ['a method that opens a tunnel', { method: 'connect' }],
  ])('is refused with %s', async (_name, init) => {
    const server = await startHttp((_req, res) => res.end());
    await expect(safeFetch(at(server), init)).rejects.toMatchObject({ name: 'SafeFetchError', code: 'url_refused' });
  });

  it('says that nobody listens, or that the answer is no HTTP', async () => {
    const server = await startHttp((_req, res) => res.end());
    await server.close();
    await expect(safeFetch(at(server))).rejects.toMatchObject({
      code: 'unreachable',
      message: expect.stringContaining('refused'),
    });
    const smtp = await startTcp((socket) => socket.write('220 mail ESMTP\r\n'));
    await expect(safeFetch(at(smtp))).rejects.toMatchObject({ code: 'unreachable' });
  });
});

describe('sockets', () => {
  it('are kept for the same origin, and few', async () => {
    const server = await startHttp((_req, res) => {
      setTimeout(() => res.end('x'), 5);
    });
    await Promise.all(Array.from({ length: 100 }, () => safeFetch(at(server))));
    expect(server.most).toBeLessThanOrEqual(8);
    expect(server.opened).toBeLessThanOrEqual(8);
  });

  it('are bounded over all hosts, and everybody gets one in the end', async () => {
    const server = await startHttp((_req, res) => {
      setTimeout(() => res.end('x'), 5);
    });
    const hosts = Array.from({ length: 60 }, (_, i) => `h${i}.test`);
    const { lookup } = fakeLookup(Object.fromEntries(hosts.map((host) => [host, ['127.0.0.1']])));
    const few = createSafeFetch({ ...allowed, lookup, maxSockets: 4 });
    const answers = await Promise.all(
      hosts.map((host) => few(`http://${host}:${server.port}/`, { connectTimeoutMs: 9000 })),
    );
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    expect(server.most).toBeLessThanOrEqual(4);
    await few.close();
  });

  it('are given back after failures of every kind', async () => {
    const server = await startTcp((socket) => {
      socket.once('data', () => socket.end('garbage'));
    });
    const few = createSafeFetch({
      ...allowed,
      maxSockets: 2,
      lookup: fakeLookup({ 'inside.test': ['10.0.0.1'] }).lookup,
    });
    for (let i = 0; i < 10; i += 1) {
      await expect(few(at(server))).rejects.toMatchObject({ code: 'unreachable' });
      await expect(few('https://inside.test/')).rejects.toMatchObject({ code: 'address_refused' });
      await expect(few('https://unknown.test/')).rejects.toMatchObject({ code: 'unreachable' });
    }
    await few.close();
  });

  it('end with the client, which then refuses to work', async () => {
    const server = await startHttp(() => undefined);
    const hanging = safeFetch(at(server));
    hanging.catch(() => undefined);
    while (server.open === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await safeFetch.close();
    await expect(hanging).rejects.toMatchObject({ code: 'unreachable' });
    await expect(safeFetch(at(server))).rejects.toMatchObject({
      code: 'unreachable',
      message: expect.stringContaining('closed'),
    });
  });
});
