import { afterEach, describe, expect, it } from '@jest/globals';
import { clientIp } from './client-ip.ts';
import { closeTestApps, startTestApp } from './test-app.testing.ts';

afterEach(closeTestApps);

async function seen(trustedProxies: string[], forwarded?: string): Promise<unknown> {
  const { url } = await startTestApp({
    trustedProxies,
    routes: (app) => {
      app.get('/', (req, res) => void res.json(clientIp(req)));
    },
  });
  const headers = forwarded === undefined ? {} : { 'x-forwarded-for': forwarded };
  return (await fetch(url, { headers })).json();
}

describe('clientIp', () => {
  it.each<[string, string[], string | undefined, string]>([
    ['nobody is trusted', [], '203.0.113.9', '127.0.0.1'],
    ['another proxy is trusted', ['10.0.0.0/8'], '203.0.113.9', '127.0.0.1'],
    ['the proxy is trusted', ['127.0.0.0/8'], '203.0.113.9', '203.0.113.9'],
    ['the caller wrote an address in front', ['127.0.0.0/8'], '198.51.100.1, 203.0.113.9', '203.0.113.9'],
    ['two proxies are trusted', ['127.0.0.0/8', '10.0.0.0/8'], '1.2.3.4, 203.0.113.9, 10.1.1.1', '203.0.113.9'],
    ['all hops are trusted', ['127.0.0.0/8', '10.0.0.0/8'], '10.2.2.2, 10.1.1.1', '10.2.2.2'],
    ['the header is missing', ['127.0.0.0/8'], undefined, '127.0.0.1'],
    ['the header holds no address', ['127.0.0.0/8'], 'evil', '127.0.0.1'],
    ['a v4-mapped address is forwarded', ['127.0.0.0/8'], '::ffff:203.0.113.9', '203.0.113.9'],
    ['an IPv6 address is forwarded', ['127.0.0.0/8'], '2001:DB8::1', '2001:db8::1'],
  ])('when %s', async (_when, trusted, forwarded, expected) => {
    expect(await seen(trusted, forwarded)).toBe(expected);
  });
});
