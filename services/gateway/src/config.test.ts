import { describe, expect, it } from '@jest/globals';
import { ConfigError } from '@artdag/service-kit';
import { loadConfig } from './config.ts';

const good = { SERVICE_KEY: '22'.repeat(32), AUTH_URL: 'http://auth:7011/', REDIS_URL: 'redis://127.0.0.1' };

function problemsOf(env: NodeJS.ProcessEnv): string[] {
  try {
    loadConfig(env);
    return [];
  } catch (error) {
    return error instanceof ConfigError ? error.problems : [String(error)];
  }
}

it('needs the service key and the store; the rest has defaults', () => {
  expect(loadConfig(good)).toMatchObject({
    port: 8200,
    publicUrl: 'https://artdag.rose-ash.com',
    publicOrigins: ['https://artdag.rose-ash.com'],
    publicHosts: ['artdag.rose-ash.com'],
    msignRealm: 'musehub',
    cookieDomain: 'artdag.rose-ash.com',
    defaultUser: 'giles',
    upstreams: { auth: 'http://auth:7011', identity: 'http://127.0.0.1:7021', web: 'http://127.0.0.1:8204' },
    maxBodyBytes: 1048576,
  });
});

it('takes the public address from ARTDAG_DOMAIN and PUBLIC_SCHEME', () => {
  const config = loadConfig({ ...good, ARTDAG_DOMAIN: 'localhost:8200', PUBLIC_SCHEME: 'http' });
  expect(config.publicUrl).toBe('http://localhost:8200');
});

it.each([
  ['artdag.example', undefined, 'artdag.example'],
  ['artdag.example:8443', undefined, 'artdag.example'],
  ['l2.artdag.example', 'artdag.example', 'artdag.example'],
  ['l2.artdag.example', '.artdag.example', 'artdag.example'],
  ['localhost:8200', undefined, undefined],
  ['127.0.0.1:8200', undefined, undefined],
  ['[::1]:8200', undefined, undefined],
])('at %s with PLATFORM_DOMAIN %s the cookies’ domain is %s', (domain, platform, wanted) => {
  const env = { ...good, ARTDAG_DOMAIN: domain, ...(platform ? { PLATFORM_DOMAIN: platform } : {}) };
  expect(loadConfig(env).cookieDomain).toBe(wanted);
});

it('takes the origins of its pages from PUBLIC_HOSTS', () => {
  const config = loadConfig({ ...good, PUBLIC_HOSTS: 'L2.example, [::1]:8200', PUBLIC_SCHEME: 'http' });
  expect(config.publicOrigins).toEqual(['http://l2.example', 'http://[::1]:8200']);
});

it.each([
  ['https', 'L2.Example:443, [::1]:8200', ['l2.example', '[::1]:8200']],
  ['http', 'l2.example:80,l2.example:443', ['l2.example', 'l2.example:443']],
])('takes the hosts of signed requests from PUBLIC_HOSTS too: %s %s', (PUBLIC_SCHEME, PUBLIC_HOSTS, hosts) => {
  expect(loadConfig({ ...good, PUBLIC_SCHEME, PUBLIC_HOSTS }).publicHosts).toEqual(hosts);
});

it('needs no store of its own where one is passed in', () => {
  expect(loadConfig({ SERVICE_KEY: 'x' }, { embedded: true }).redisUrl).toBeUndefined();
});

describe('a wrong value names the variable, what it got and what it wants', () => {
  it.each([
    [{ PORT: 'abc' }, /PORT: got "abc", wants a whole number/],
    [{ AUTH_URL: 'auth' }, /AUTH_URL: got "auth", wants/],
    [{ WEB_URL: 'http://web:8204/pages' }, /WEB_URL: .*wants/],
    [{ PUBLIC_SCHEME: 'gopher' }, /PUBLIC_SCHEME: got "gopher", wants http or https/],
    [{ SERVICE_KEY: '' }, /SERVICE_KEY: is not set, wants/],
    [{ REDIS_URL: undefined }, /REDIS_URL: is not set, wants/],
    [{ IDENTITY_URL: 'http://identity:7021/x' }, /IDENTITY_URL: .*wants/],
    [{ MSIGN_REALM: 'a"b' }, /MSIGN_REALM: got .*wants 1 to 64 characters/],
    [{ MSIGN_REALM: 'a\r\nb' }, /MSIGN_REALM: got/],
    [{ MSIGN_REALM: 'a\\' }, /MSIGN_REALM: got/],
    [{ MSIGN_REALM: 'é' }, /MSIGN_REALM: got/],
    [{ PUBLIC_HOSTS: 'a b' }, /PUBLIC_HOSTS: wants/],
    [{ TRUSTED_PROXIES: 'everybody' }, /TRUSTED_PROXIES: got "everybody", wants/],
    [{ MAX_BODY_BYTES: '-1' }, /MAX_BODY_BYTES: got "-1", wants/],
  ])('%j', (change, wanted) => {
    expect(problemsOf({ ...good, ...change })).toEqual([expect.stringMatching(wanted)]);
  });
});
