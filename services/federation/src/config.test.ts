import { describe, expect, it } from '@jest/globals';
import { loadConfig } from './service.ts';

const env = {
  DATABASE_URL: 'postgresql://u@127.0.0.1/artdag',
  REDIS_URL: 'redis://127.0.0.1',
  RABBITMQ_URL: 'amqp://127.0.0.1',
  SERVICE_KEY: 'ab'.repeat(32),
};

describe('loadConfig', () => {
  it('has the defaults of the specification', () => {
    expect(loadConfig(env)).toMatchObject({
      ...{ host: '127.0.0.1', port: 8202, domain: 'artdag.rose-ash.com', publicUrl: 'https://artdag.rose-ash.com' },
      ...{ publicHosts: ['artdag.rose-ash.com'], allowedPrivateCidrs: [], identityUrl: 'http://127.0.0.1:7021' },
      inboxBounds: { textDays: 30, idDays: 180, maxRemoteActors: 100_000 },
    });
  });

  it('is a laptop’s when told so', () => {
    const laptop = {
      ARTDAG_DOMAIN: 'localhost:8200',
      PUBLIC_SCHEME: 'http',
      PUBLIC_HOSTS: 'localhost:8200,127.0.0.1:8200',
    };
    expect(loadConfig({ ...env, ...laptop, ALLOWED_PRIVATE_CIDRS: '127.0.0.0/8' })).toMatchObject({
      ...{ publicUrl: 'http://localhost:8200', publicHosts: ['localhost:8200', '127.0.0.1:8200'] },
      allowedPrivateCidrs: ['127.0.0.0/8'],
    });
  });

  it('needs no store and no bus when they are given', () => {
    const { DATABASE_URL, SERVICE_KEY } = env;
    expect(loadConfig({ DATABASE_URL, SERVICE_KEY }, { embedded: true })).toMatchObject({ redisUrl: undefined });
    expect(() => loadConfig({ DATABASE_URL, SERVICE_KEY })).toThrow(/REDIS_URL.*RABBITMQ_URL/);
  });

  it.each([
    ['PORT', 'x', /PORT: got "x", wants a whole number/],
    ['ARTDAG_DOMAIN', 'https://a.example', /ARTDAG_DOMAIN: got .*wants a host/],
    ['PUBLIC_SCHEME', 'ftp', /PUBLIC_SCHEME: got "ftp", wants https or http/],
    ['ALLOWED_PRIVATE_CIDRS', 'private', /ALLOWED_PRIVATE_CIDRS/],
    ['SERVICE_KEY', '', /SERVICE_KEY: is not set/],
  ])('says what is wrong with %s=%s', (name, value, message) => {
    expect(() => loadConfig({ ...env, [name]: value })).toThrow(message);
  });
});
