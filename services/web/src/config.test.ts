import { describe, expect, it } from '@jest/globals';
import { loadConfig } from './config.ts';

const own = { SERVICE_KEY: '33'.repeat(32) };

describe('loadConfig', () => {
  it('has a default for everything but the service key', () => {
    const expected = {
      port: 8204,
      gatewayUrl: 'http://127.0.0.1:8200',
      gatewayTimeoutMs: 2000,
      publicScheme: 'https',
      publicUrl: 'https://artdag.rose-ash.com',
      gatewayWriteTimeoutMs: 10_000,
      publicOrigins: ['https://artdag.rose-ash.com'],
      authUrl: 'http://127.0.0.1:7011',
      serviceKey: own.SERVICE_KEY,
    };
    expect(loadConfig(own)).toMatchObject(expected);
    expect(loadConfig(own, { embedded: true })).toMatchObject(expected);
  });

  it('takes the forms of every public host, and of no other once they are listed', () => {
    const env = {
      ...own,
      PUBLIC_SCHEME: 'http',
      ARTDAG_DOMAIN: 'a.example',
      PUBLIC_HOSTS: 'A.example:80, b.example:8200',
    };
    expect(loadConfig(env).publicOrigins).toEqual(['http://a.example', 'http://b.example:8200']);
  });

  it('drops the trailing slash of the gateway, and names what is wrong', () => {
    expect(loadConfig({ ...own, GATEWAY_URL: 'http://gateway:8200/' }).gatewayUrl).toBe('http://gateway:8200');
    expect(() => loadConfig({ GATEWAY_URL: 'gateway', PUBLIC_SCHEME: 'gopher' })).toThrow(
      /GATEWAY_URL: got "gateway".*PUBLIC_SCHEME: got "gopher", wants https or http/s,
    );
  });

  it('needs the service key', () => {
    expect(() => loadConfig({})).toThrow(/SERVICE_KEY: is not set, wants the key/);
  });
});
