import { describe, expect, it } from '@jest/globals';
import { ConfigError } from '@artdag/service-kit';
import { loadConfig } from './config.ts';

const alone = { REDIS_URL: 'redis://127.0.0.1:6379' };

describe('loadConfig', () => {
  it('has a default for everything but the store', () => {
    expect(loadConfig(alone)).toMatchObject({
      host: '127.0.0.1',
      port: 8203,
      databasePoolMax: 10,
      authUrl: 'http://127.0.0.1:7011',
      l1Servers: ['https://celery-artdag.rose-ash.com'],
    });
  });

  it('needs the store, unless it comes from outside', () => {
    expect(() => loadConfig({})).toThrow(/REDIS_URL: is not set/);
    expect(loadConfig({}, { embedded: true }).redisUrl).toBeUndefined();
  });

  it('names every wrong item of L1_SERVERS at once', () => {
    const env = { ...alone, L1_SERVERS: 'http://one.example,https://good.example,two.example' };
    const problems = problemsOf(() => loadConfig(env));
    expect(problems).toHaveLength(2);
    expect(problems[0]).toMatch(/^L1_SERVERS: got "http:\/\/one\.example", wants an https address/);
    expect(problems[1]).toMatch(/^L1_SERVERS: got "two\.example"/);
  });

  it('takes plain http with ALLOW_HTTP_L1=true', () => {
    const env = { ...alone, L1_SERVERS: 'http://localhost:8100/', ALLOW_HTTP_L1: 'true' };
    expect(loadConfig(env).l1Servers).toEqual(['http://localhost:8100']);
  });
});

function problemsOf(load: () => unknown): string[] {
  try {
    load();
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  throw new Error('No ConfigError was thrown.');
}
