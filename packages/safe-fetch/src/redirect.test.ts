import { afterEach, describe, expect, it } from '@jest/globals';
import type { RequestListener } from 'node:http';
import { createSafeFetch } from './create-safe-fetch.ts';
import { closeServers, fakeLookup, startHttp, type TestServer } from './servers.testing.ts';
import type { SafeFetchClient } from './types.ts';

let safeFetch: SafeFetchClient;
afterEach(async () => {
  await safeFetch.close();
  await closeServers();
});

/** `/to?<status>&<location>` redirects; anything else says how it was called. */
const redirecting: RequestListener = (req, res) => {
  const [path, status = '', location] = (req.url ?? '').split('?').flatMap((part) => part.split('&'));
  if (path !== '/to') {
    const chunks: Buffer[] = [];
    req.on('data', (chunk: Buffer) => chunks.push(chunk));
    req.on('end', () =>
      res.end(JSON.stringify({ method: req.method, headers: req.headers, body: Buffer.concat(chunks).toString() })),
    );
    return;
  }
  req.resume();
  res.writeHead(Number(status), location === undefined ? {} : { location: decodeURIComponent(location) });
  res.end('moved');
};

async function setUp(): Promise<{ server: TestServer; base: string; other: string }> {
  const server = await startHttp(redirecting);
  const { lookup } = fakeLookup({ 'one.test': ['127.0.0.1'], 'two.test': ['127.0.0.1'], 'inside.test': ['127.0.0.2'] });
  safeFetch = createSafeFetch({ allowedPrivateCidrs: ['127.0.0.1/32'], userAgent: 'test', lookup });
  return { server, base: `http://one.test:${server.port}`, other: `http://two.test:${server.port}` };
}

const to = (base: string, status: number, location: string) => `${base}/to?${status}&${encodeURIComponent(location)}`;
const told = (body: Buffer) =>
  JSON.parse(body.toString()) as { method: string; headers: Record<string, string>; body: string };

describe('redirects', () => {
  it.each([301, 302, 303, 307, 308])('%i is an error unless it was asked for', async (status) => {
    const { base, server } = await setUp();
    const refused = safeFetch(to(base, status, '/end?s3cret'));
    await expect(refused).rejects.toMatchObject({ code: 'redirect_refused' });
    await expect(refused).rejects.not.toThrow(/s3cret/);
    expect(server.opened).toBe(1);
  });

  it('are followed as far as asked, and no farther', async () => {
    const { base } = await setUp();
    const twice = to(base, 302, to('', 302, '/end'));
    await expect(safeFetch(twice, { maxRedirects: 2 })).resolves.toMatchObject({ status: 200, url: `${base}/end` });
    await expect(safeFetch(twice, { maxRedirects: 1 })).rejects.toMatchObject({ code: 'redirect_refused' });
  });

  it('in a circle end', async () => {
    const server = await startHttp((_req, res) => res.writeHead(302, { location: '/' }).end());
    await setUp();
    await expect(safeFetch(`http://one.test:${server.port}/`, { maxRedirects: 20 })).rejects.toMatchObject({
      code: 'redirect_refused',
    });
  });

  it.each([
    ['http://169.254.169.254/latest/meta-data/', 'address_refused'],
    ['https://169.254.169.254/latest/meta-data/', 'address_refused'],
    ['https://[::ffff:169.254.169.254]/', 'address_refused'],
    ['https://2852039166/', 'address_refused'],
    ['http://127.0.0.2/', 'address_refused'],
    ['https://inside.test/', 'address_refused'],
    ['//inside.test/', 'address_refused'],
    ['http://1.1.1.1/', 'address_refused'],
    ['file:///etc/passwd', 'url_refused'],
    ['data:text/plain,x', 'url_refused'],
    ['https://user:s3cret@one.test/', 'url_refused'],
    ['https://', 'redirect_refused'],
  ])('to %s are refused', async (location, code) => {
    const { base } = await setUp();
    await expect(safeFetch(to(base, 302, location), { maxRedirects: 3 })).rejects.toMatchObject({ code });
  });

  it('without a Location are refused', async () => {
    const { base } = await setUp();
    await expect(safeFetch(`${base}/to?302`, { maxRedirects: 3 })).rejects.toMatchObject({ code: 'redirect_refused' });
  });

  const secrets = {
    Authorization: 'a',
    Cookie: 'b',
    Signature: 'c',
    'Signature-Input': 'd',
    'Proxy-Authorization': 'e',
    'X-Kept': 'f',
  };

  it('to another origin lose what speaks for the caller', async () => {
    const { base, other } = await setUp();
    const answer = await safeFetch(to(base, 307, `${other}/end`), { maxRedirects: 1, headers: secrets });
    const { headers } = told(answer.body);
    expect(Object.keys(headers)).not.toEqual(expect.arrayContaining(['authorization']));
    for (const name of ['authorization', 'cookie', 'signature', 'signature-input', 'proxy-authorization'])
      expect(headers[name]).toBeUndefined();
    expect(headers['x-kept']).toBe('f');
    expect(answer.url).toBe(`${other}/end`);
  });

  it('to another origin and back do not bring it back', async () => {
    const { base, other } = await setUp();
    const answer = await safeFetch(to(base, 307, to(other, 307, `${base}/end`)), { maxRedirects: 2, headers: secrets });
    expect(told(answer.body).headers['authorization']).toBeUndefined();
  });

  it('to the same origin keep it', async () => {
    const { base } = await setUp();
    const answer = await safeFetch(to(base, 307, '/end'), { maxRedirects: 1, headers: secrets });
    expect(told(answer.body).headers['authorization']).toBe('a');
  });

  it.each([
    [301, 'GET', ''],
    [302, 'GET', ''],
    [303, 'GET', ''],
    [307, 'POST', 'payload'],
    [308, 'POST', 'payload'],
  ])('%i of a POST asks for a %s', async (status, method, body) => {
    const { base } = await setUp();
    const init = { method: 'post', body: 'payload', headers: { 'content-type': 'text/plain' }, maxRedirects: 1 };
    const answer = await safeFetch(to(base, status, '/end'), init);
    expect(told(answer.body)).toMatchObject({ method, body });
    expect(told(answer.body).headers['content-type']).toBe(method === 'POST' ? 'text/plain' : undefined);
  });
});
