import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { RequestListener } from 'node:http';
import type { Socket } from 'node:net';
import { brotliCompressSync, constants, deflateSync, gzipSync } from 'node:zlib';
import { createSafeFetch } from './create-safe-fetch.ts';
import { selfSigned } from './self-signed.testing.ts';
import { closeServers, fakeLookup, startHttp, startTcp, type TestServer } from './servers.testing.ts';
import type { SafeFetchClient } from './types.ts';

let safeFetch: SafeFetchClient;
beforeEach(() => {
  const never = () => new Promise<never>(() => undefined);
  const { lookup } = fakeLookup({ 'peer.test': ['127.0.0.1'] });
  safeFetch = createSafeFetch({
    allowedPrivateCidrs: ['127.0.0.1/32'],
    userAgent: 'test',
    lookup: (hostname) => (hostname === 'never.test' ? never() : lookup(hostname)),
  });
});
afterEach(async () => {
  await safeFetch.close();
  await closeServers();
});

const at = (server: TestServer, path = '/') => `http://127.0.0.1:${server.port}${path}?s3cret`;
const sending =
  (headers: Record<string, string>, body: Buffer): RequestListener =>
  (_req, res) =>
    res.writeHead(200, headers).end(body);
const raw = (text: string) => (socket: Socket) => {
  socket.once('data', () => socket.write(text));
};

async function timed(call: () => Promise<unknown>): Promise<{ code: unknown; ms: number; message: string }> {
  const start = performance.now();
  const error: unknown = await call().then(
    () => undefined,
    (e: unknown) => e,
  );
  const ms = performance.now() - start;
  if (!(error instanceof Error)) throw new Error('did not fail');
  expect(error.message).not.toContain('s3cret');
  return { code: 'code' in error ? error.code : '', ms, message: error.message };
}

/** Else the test does not end in time. */
async function allClosed(server: TestServer): Promise<void> {
  while (server.open > 0) await new Promise((resolve) => setTimeout(resolve, 10));
}

describe('size', () => {
  const mebibyte = 1024 * 1024;

  it('takes a body of exactly the limit, and not a byte more', async () => {
    const server = await startHttp((req, res) => res.end(Buffer.alloc(Number(req.url?.slice(1).split('?', 1)[0]))));
    await expect(safeFetch(at(server, '/1000'), { maxBytes: 1000 })).resolves.toMatchObject({
      body: Buffer.alloc(1000),
    });
    await expect(timed(() => safeFetch(at(server, '/1001'), { maxBytes: 1000 }))).resolves.toMatchObject({
      code: 'too_large',
    });
    await expect(safeFetch(at(server, `/${mebibyte}`))).resolves.toMatchObject({ status: 200 });
    await expect(timed(() => safeFetch(at(server, `/${mebibyte + 1}`)))).resolves.toMatchObject({ code: 'too_large' });
  });

  it.each([
    ['gzip', gzipSync(Buffer.alloc(64 * mebibyte))],
    ['deflate', deflateSync(Buffer.alloc(64 * mebibyte))],
    ['br', brotliCompressSync(Buffer.alloc(64 * mebibyte), { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } })],
  ])('stops a %s bomb', async (encoding, body) => {
    expect(body.length).toBeLessThan(mebibyte / 4);
    const server = await startHttp(sending({ 'content-encoding': encoding }, body));
    const before = process.memoryUsage().arrayBuffers;
    await expect(timed(() => safeFetch(at(server)))).resolves.toMatchObject({ code: 'too_large' });
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(16 * mebibyte);
  });

  it('inflates what is within the limit, also when it barely shrank', async () => {
    const noise = Buffer.from(Array.from({ length: 100_000 }, (_, i) => (i * 7919 + (i >> 3) * 104_729) & 255));
    const server = await startHttp(sending({ 'content-encoding': 'gzip' }, gzipSync(noise, { level: 0 })));
    await expect(safeFetch(at(server), { maxBytes: noise.length })).resolves.toMatchObject({ body: noise });
  });

  it('stops an endless body', async () => {
    const server = await startHttp((_req, res) => {
      const pump = () => {
        while (!res.destroyed && res.write(Buffer.alloc(65_536)));
        if (!res.destroyed) res.once('drain', pump);
      };
      pump();
    });
    const { code, ms } = await timed(() => safeFetch(at(server)));
    expect(code).toBe('too_large');
    expect(ms).toBeLessThan(20_000);
  });

  it('stops a compressed body that goes on without inflating to anything', async () => {
    const server = await startHttp((_req, res) => {
      res.writeHead(200, { 'content-encoding': 'gzip' });
      // A gzip header whose file name never ends.
      res.write(Buffer.from([0x1f, 0x8b, 8, 8, 0, 0, 0, 0, 0, 3]));
      const pump = () => {
        while (!res.destroyed && res.write(Buffer.alloc(65_536, 0x61)));
        if (!res.destroyed) res.once('drain', pump);
      };
      pump();
    });
    await expect(timed(() => safeFetch(at(server)))).resolves.toMatchObject({ code: 'too_large' });
  });

  it('believes an announced length, before anything has come', async () => {
    const server = await startTcp(raw('HTTP/1.1 200 OK\r\ncontent-length: 1000000000\r\n\r\n'));
    await expect(timed(() => safeFetch(at(server)))).resolves.toMatchObject({ code: 'too_large' });
  });

  it('refuses headers without end', async () => {
    const server = await startTcp(raw(`HTTP/1.1 200 OK\r\n${'x-a: y\r\n'.repeat(5000)}`));
    await expect(timed(() => safeFetch(at(server)))).resolves.toMatchObject({ code: 'too_large' });
  });

  it.each(['zstd', 'gzip, gzip', 'compress', 'x'])('refuses the content-encoding %s', async (encoding) => {
    const server = await startHttp(sending({ 'content-encoding': encoding }, gzipSync(gzipSync('x'))));
    await expect(timed(() => safeFetch(at(server)))).resolves.toMatchObject({ code: 'unreachable' });
  });

  it('refuses a body that is not what its encoding says, or breaks off', async () => {
    const broken = await startHttp(sending({ 'content-encoding': 'gzip' }, Buffer.from('plain')));
    await expect(timed(() => safeFetch(at(broken)))).resolves.toMatchObject({ code: 'unreachable' });
    const short = await startHttp(sending({ 'content-encoding': 'gzip' }, gzipSync('x'.repeat(5000)).subarray(0, 20)));
    await expect(timed(() => safeFetch(at(short)))).resolves.toMatchObject({ code: 'unreachable' });
    const cut = await startTcp((socket) => {
      socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf'));
    });
    await expect(timed(() => safeFetch(at(cut)))).resolves.toMatchObject({ code: 'unreachable' });
  });

  it('takes answers without a body', async () => {
    const server = await startHttp((req, res) => {
      const status = Number(req.url?.slice(1).split('?', 1)[0]);
      res.writeHead(status, { 'content-encoding': 'gzip' }).end();
    });
    await expect(safeFetch(at(server, '/204'))).resolves.toMatchObject({ status: 204, body: Buffer.alloc(0) });
    await expect(safeFetch(at(server, '/304'))).resolves.toMatchObject({ status: 304 });
    await expect(safeFetch(at(server, '/200'))).resolves.toMatchObject({ status: 200, body: Buffer.alloc(0) });
    await expect(safeFetch(at(server, '/200'), { method: 'HEAD' })).resolves.toMatchObject({ status: 200 });
  });
});

describe('time', () => {
  it.each([
    ['says nothing', (_socket: Socket) => undefined],
    ['drips its headers', drip('HTTP/1.1 200 OK\r\nx-header: and so on, a byte at a time')],
    ['drips its body', drip('d', 'HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n')],
    ['drips a chunked body', drip('1\r\nx\r\n', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n')],
    ['drips interim answers', drip('HTTP/1.1 103 Early Hints\r\n\r\n')],
  ])('ends an exchange with a server that %s', async (_name, onSocket) => {
    const server = await startTcp(onSocket);
    const { code, ms, message } = await timed(() => safeFetch(at(server, '/path'), { timeoutMs: 300 }));
    expect(code).toBe('timeout');
    expect(message).toContain('/path');
    expect(ms).toBeGreaterThan(250);
    expect(ms).toBeLessThan(20_000);
    await allClosed(server);
  });

  it('counts redirects into the whole', async () => {
    const server = await startHttp((_req, res) => {
      setTimeout(() => res.writeHead(302, { location: '/' }).end(), 100);
    });
    const { code, ms } = await timed(() => safeFetch(at(server), { timeoutMs: 350, maxRedirects: 20 }));
    expect(code).toBe('timeout');
    expect(ms).toBeLessThan(20_000);
  });

  it('gives up on name servers that never answer', async () => {
    const { code, message } = await timed(() => safeFetch('https://never.test/', { connectTimeoutMs: 200 }));
    expect(code).toBe('timeout');
    expect(message).toContain('within 200 ms');
  });

  it('gives up on a TLS handshake that never ends', async () => {
    expect(selfSigned('x').cert).toContain('CERTIFICATE');
    const server = await startTcp(() => undefined);
    const url = `https://127.0.0.1:${server.port}/`;
    const { code, message } = await timed(() => safeFetch(url, { connectTimeoutMs: 200 }));
    expect(code).toBe('timeout');
    expect(message).toContain('within 200 ms');
    await allClosed(server);
  });
});

function drip(text: string, first = ''): (socket: Socket) => void {
  return (socket) => {
    let i = 0;
    if (first !== '') socket.write(first);
    const timer = setInterval(() => socket.write(text.length > 30 ? (text[i++ % text.length] ?? '') : text), 20);
    socket.on('close', () => clearInterval(timer));
  };
}
