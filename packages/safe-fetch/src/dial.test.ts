import { afterEach, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { createSafeFetch } from './create-safe-fetch.ts';
import { selfSigned } from './self-signed.testing.ts';
import { closeServers, fakeLookup, startHttp, startHttps } from './servers.testing.ts';
import type { Lookup } from './resolve.ts';
import type { SafeFetchClient, SafeFetchOptions } from './types.ts';

// Stands in for the public internet: 127.0.0.1 may be called, 127.0.0.2, which Linux also has, may not.
const allowedPrivateCidrs = ['127.0.0.1/32', '::1'];
const clients: SafeFetchClient[] = [];

function client(o: Partial<SafeFetchOptions>): SafeFetchClient {
  const made = createSafeFetch({ allowedPrivateCidrs, userAgent: 'artdag/1', ...o });
  clients.push(made);
  return made;
}

afterEach(async () => {
  await Promise.all(clients.splice(0).map((made) => made.close()));
  await closeServers();
});

describe('dialling', () => {
  it('calls an allowed address by name and by number, and says who it is', async () => {
    const server = await startHttp((req, res) =>
      res.end(`${req.method} ${req.url} ${req.headers.host} ${req.headers['user-agent']}`),
    );
    const safeFetch = client({ lookup: fakeLookup({ 'peer.test': ['127.0.0.1'] }).lookup });
    for (const host of ['peer.test', '127.0.0.1', '[::ffff:127.0.0.1]']) {
      const answer = await safeFetch(`http://${host}:${server.port}/a%20b?c=d#e`);
      expect(answer.status).toBe(200);
      expect(answer.url).toMatch(/\/a%20b\?c=d$/);
      expect(answer.body.toString()).toMatch(/^GET \/a%20b\?c=d .* artdag\/1$/);
    }
  });

  it('looks a name up once, and dials what it has vetted: a second answer would come too late', async () => {
    const good = await startHttp((_req, res) => res.end('good'));
    const evil = await startHttp((_req, res) => res.end('evil'), '127.0.0.2');
    let asked = 0;
    const rebinding: Lookup = async () => {
      asked += 1;
      return [{ address: asked === 1 ? '127.0.0.1' : '127.0.0.2', family: 4 }];
    };
    const safeFetch = client({ lookup: rebinding });
    await expect(safeFetch(`http://rebind.test:${good.port}/`)).resolves.toMatchObject({ body: Buffer.from('good') });
    expect(asked).toBe(1);
    // undici takes a connection back a moment after the body has ended.
    await sleep(20);
    // It is used again, for the same origin: no new look-up, the same vetted peer.
    await safeFetch(`http://rebind.test:${good.port}/`);
    expect([asked, good.opened]).toEqual([1, 1]);
    // A new connection is vetted anew.
    await expect(safeFetch(`http://rebind.test:${evil.port}/`)).rejects.toMatchObject({ code: 'address_refused' });
    expect(evil.opened).toBe(0);
  });

  it('leaves out the refused ones of several addresses', async () => {
    const evil = await startHttp((_req, res) => res.end('evil'), '127.0.0.2');
    const safeFetch = client({ lookup: fakeLookup({ 'mixed.test': ['127.0.0.2', '10.0.0.1', '127.0.0.1'] }).lookup });
    await expect(safeFetch(`http://mixed.test:${evil.port}/`)).rejects.toMatchObject({ code: 'unreachable' });
    expect(evil.opened).toBe(0);
  });

  it('tries the next address when the first does not answer', async () => {
    const server = await startHttp((_req, res) => res.end('here'));
    const safeFetch = client({ lookup: fakeLookup({ 'two.test': ['::1', '127.0.0.1'] }).lookup });
    await expect(safeFetch(`http://two.test:${server.port}/`)).resolves.toMatchObject({ status: 200 });
  });

  it('is not led elsewhere by the Host header', async () => {
    const server = await startHttp((req, res) => res.end(req.headers.host));
    const { lookup, asked } = fakeLookup({ 'peer.test': ['127.0.0.1'] });
    const answer = await client({ lookup })(`http://peer.test:${server.port}/`, { headers: { Host: 'other.test' } });
    expect(answer.body.toString()).toBe(`peer.test:${server.port}`);
    expect(asked).toEqual(['peer.test']);
  });
});

describe('https', () => {
  it('checks that the certificate is the host’s', async () => {
    const pair = selfSigned('peer.test');
    const server = await startHttps(pair, (_req, res) => res.end('secure'));
    const { lookup } = fakeLookup({ 'peer.test': ['127.0.0.1'], 'other.test': ['127.0.0.1'] });
    const trusting = client({ lookup, ca: pair.cert });
    await expect(trusting(`https://peer.test:${server.port}/`)).resolves.toMatchObject({ body: Buffer.from('secure') });
    await expect(trusting(`https://other.test:${server.port}/`)).rejects.toMatchObject({ code: 'unreachable' });
    await expect(
      trusting(`https://other.test:${server.port}/`, { headers: { host: 'peer.test' } }),
    ).rejects.toMatchObject({
      code: 'unreachable',
    });
    await expect(trusting(`https://127.0.0.1:${server.port}/`)).rejects.toMatchObject({ code: 'unreachable' });
    await expect(client({ lookup })(`https://peer.test:${server.port}/`)).rejects.toMatchObject({
      code: 'unreachable',
    });
  });
});
