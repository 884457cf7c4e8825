import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { ConfigError } from '@artdag/service-kit';
import { loadConfig } from './config.ts';

const folder = mkdtempSync(join(tmpdir(), 'artdag-auth-'));
afterAll(() => rmSync(folder, { recursive: true }));

const secrets = { JWT_SECRET: 'j'.repeat(64), INTERNAL_SECRET: 'i'.repeat(64) };
const brokers = { REDIS_URL: 'redis://127.0.0.1:6379', RABBITMQ_URL: 'amqp://127.0.0.1' };

function problems(env: NodeJS.ProcessEnv): string[] {
  try {
    loadConfig(env);
    return [];
  } catch (error) {
    return error instanceof ConfigError ? error.problems : [String(error)];
  }
}

describe('loadConfig', () => {
  it('has the defaults of the spec', () => {
    expect(loadConfig({ ...secrets, ...brokers })).toMatchObject({
      port: 7011,
      databaseUrl: 'postgresql://artdag:artdag@localhost:5432/artdag',
      domain: 'artdag.rose-ash.com',
      publicUrl: 'https://artdag.rose-ash.com',
      sessionTtlMs: 604_800_000,
      accessTokenTtlSeconds: 3600,
      passwordHashesWaiting: 64,
    });
  });

  it('takes hosts and the domain of cookies apart from the domain, whose port is not part of it', () => {
    const env = { ...secrets, ...brokers, ARTDAG_DOMAIN: 'localhost:8200', PUBLIC_SCHEME: 'http' };
    const local = { secureCookies: false, publicOrigins: ['http://localhost:8200'], platformDomain: 'localhost' };
    expect(loadConfig(env)).toMatchObject(local);
    const hosts = { PUBLIC_HOSTS: 'a.example, B.example:8443', PLATFORM_DOMAIN: 'example' };
    expect(loadConfig({ ...secrets, ...brokers, ...hosts })).toMatchObject({
      secureCookies: true,
      publicOrigins: ['https://a.example', 'https://b.example:8443'],
      platformDomain: 'example',
    });
  });

  it('takes the secret from a file first, trimmed', () => {
    const file = join(folder, 'jwt');
    writeFileSync(file, `${'f'.repeat(32)}\n`);
    expect(loadConfig({ ...secrets, ...brokers, JWT_SECRET_FILE: file }).jwtSecret).toBe('f'.repeat(32));
  });

  it('refuses a secret of 31 bytes after trimming, and takes one of 32', () => {
    const wants = /^JWT_SECRET: got 31 bytes, wants at least 32 bytes/;
    expect(problems({ ...secrets, ...brokers, JWT_SECRET: `${'s'.repeat(31)}\n` })).toEqual([
      expect.stringMatching(wants),
    ]);
    expect(problems({ ...secrets, ...brokers, JWT_SECRET: 's'.repeat(32) })).toEqual([]);
  });

  it('goes on without a JWT secret unless persistent ones are required', () => {
    const env = { ...secrets, ...brokers, JWT_SECRET: '' };
    expect(loadConfig(env).jwtSecret).toBeUndefined();
    expect(problems({ ...env, REQUIRE_PERSISTENT_SECRETS: 'true' })).toEqual([
      expect.stringMatching(/^JWT_SECRET: is not set/),
    ]);
  });

  it('names everything that is missing or wrong at once, without repeating secrets', () => {
    const found = problems({ JWT_SECRET: 'short-secret' });
    expect(found.map((problem) => problem.split(':')[0])).toEqual([
      'JWT_SECRET',
      'INTERNAL_SECRET',
      'REDIS_URL',
      'RABBITMQ_URL',
    ]);
    expect(found.join()).not.toContain('short-secret');
    expect(problems({ ...secrets, ...brokers, PORT: 'abc' })).toEqual([
      'PORT: got "abc", wants a whole number from 0 to 65535',
    ]);
  });

  it('needs no brokers when they come from outside', () => {
    expect(loadConfig(secrets, { embedded: true }).redisUrl).toBeUndefined();
  });
});
