import { describe, expect, it } from '@jest/globals';
import { ConfigError } from '@artdag/service-kit';
import { loadConfig } from './config.ts';

const key = { SERVICE_KEY: 'k'.repeat(64) };
const alone = { ...key, REDIS_URL: 'redis://127.0.0.1:6379', RABBITMQ_URL: 'amqp://127.0.0.1' };

describe('loadConfig', () => {
  it('has a default for everything but the store, the broker and its key', () => {
    expect(loadConfig(alone)).toMatchObject({
      host: '127.0.0.1',
      port: 8203,
      databasePoolMax: 10,
      authUrl: 'http://127.0.0.1:7011',
      l1Servers: ['https://celery-artdag.rose-ash.com'],
    });
  });

  it('needs its key, and the store and the broker unless they come from outside', () => {
    const missing = problemsOf(() => loadConfig({})).map((problem) => problem.split(':')[0]);
    expect(missing).toEqual(['REDIS_URL', 'RABBITMQ_URL', 'SERVICE_KEY']);
    const embedded = loadConfig(key, { embedded: true });
    expect([embedded.redisUrl, embedded.rabbitmqUrl]).toEqual([undefined, undefined]);
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
