import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createSafeFetch } from './create-safe-fetch.ts';
import { closeServers, startHttp, startTcp, type TestServer } from './servers.testing.ts';
import type { SafeFetchClient } from './types.ts';

let safeFetch: SafeFetchClient;
beforeEach(() => {
  safeFetch = createSafeFetch({ allowedPrivateCidrs: ['127.0.0.1/32'], userAgent: 'test' });
});
afterEach(async () => {
  await safeFetch.close();
  await closeServers();
});
const send = (server: TestServer, init: object = {}) =>
  safeFetch(`http://127.0.0.1:${server.port}/`, { method: 'POST', body: 'x', discardBody: true, ...init });

describe('an exchange of which only the head is wanted', () => {
  it('answers with status and headers, and without the body', async () => {
    const server = await startHttp((_req, res) => res.writeHead(410, { 'x-own': ['1', '2'] }).end('gone'));
    const { status, headers, body } = await send(server);
    expect([status, headers['x-own'], body.length]).toEqual([410, '1, 2', 0]);
  });

  it('keeps the connection for the next one, unless the body is long', async () => {
    const server = await startHttp((req, res) => void req.resume().on('end', () => res.end('x'.repeat(1000))));
    for (let i = 0; i < 5; i += 1) {
      await send(server);
      // undici takes a connection back a moment after the body has ended.
      await sleep(20);
    }
    // Five exchanges; a busy machine may take one back too late.
    expect(server.opened).toBeLessThan(5);
    const long = await startHttp((_req, res) => res.end('x'.repeat(100_000)));
    for (let i = 0; i < 3; i += 1) expect((await send(long)).status).toBe(200);
    expect(long.opened).toBeGreaterThanOrEqual(3);
  });

  it('does not wait for a body that drips', async () => {
    const server = await startTcp((socket) => {
      socket.once('data', () => socket.write('HTTP/1.1 202 Accepted\r\ncontent-length: 50\r\n\r\nx'));
    });
    await expect(send(server, { timeoutMs: 60_000 })).resolves.toMatchObject({ status: 202 });
  });

  it('is an answer also when the body breaks off', async () => {
    const server = await startTcp((socket) => {
      socket.once('data', () => socket.end('HTTP/1.1 202 Accepted\r\ncontent-length: 50\r\n\r\nx'));
    });
    await expect(send(server)).resolves.toMatchObject({ status: 202 });
  });

  it('fails as others do', async () => {
    const silent = await startTcp(() => undefined);
    await expect(send(silent, { timeoutMs: 300 })).rejects.toMatchObject({ code: 'timeout' });
    const rude = await startTcp((socket) => socket.once('data', () => socket.destroy()));
    await expect(send(rude)).rejects.toMatchObject({ code: 'unreachable' });
    const elsewhere = await startHttp((_req, res) => res.writeHead(302, { location: '/' }).end());
    await expect(send(elsewhere)).rejects.toMatchObject({ code: 'redirect_refused' });
    const injected = { headers: { 'x-a': 'b\r\nc: d' } };
    await expect(send(elsewhere, injected)).rejects.toMatchObject({ code: 'url_refused' });
  });

  it('times out for those that wait behind silent ones', async () => {
    const silent = await startTcp(() => undefined);
    const all = Array.from({ length: 20 }, () => send(silent, { timeoutMs: 300 }));
    for (const one of all) await expect(one).rejects.toMatchObject({ code: 'timeout' });
  });
});
