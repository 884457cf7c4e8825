import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { ConfigError } from '../errors.ts';
import { commonConfig, commonEnv } from './common-config.ts';
import { cidrList, csv, flag, integer, logLevel, milliseconds, port, url, urlOptional } from './pieces.ts';
import { readEnv } from './read-env.ts';

function problemsOf(schema: z.ZodType, env: Record<string, string>): string[] {
  try {
    readEnv(schema, env);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
  }
  throw new Error('readEnv took it');
}

describe('readEnv', () => {
  it.each([
    ['PORT', port(8201), 'abc', 'PORT: got "abc", wants a whole number from 0 to 65535'],
    ['PORT', port(8201), '65536', 'PORT: got "65536", wants a whole number from 0 to 65535'],
    ['PORT', port(8201), '-1', 'PORT: got "-1", wants a whole number from 0 to 65535'],
    ['PORT', port(8201), '1e3', 'PORT: got "1e3", wants a whole number from 0 to 65535'],
    [
      'DATABASE_POOL_MAX',
      integer({ default: 10, min: 1, max: 100 }),
      '0',
      'DATABASE_POOL_MAX: got "0", wants a whole number from 1 to 100',
    ],
    ['RETRY_MS', milliseconds(5), '1.5', 'RETRY_MS: got "1.5", wants a whole number of milliseconds'],
    ['AUTH_URL', url(), '127.0.0.1', 'AUTH_URL: got "127.0.0.1", wants a URL, such as http://127.0.0.1:7011'],
    ['SECURE', flag(true), 'maybe', 'SECURE: got "maybe", wants true or false'],
    ['LOG_LEVEL', logLevel(), 'loud', 'LOG_LEVEL: got "loud", wants one of error, warn, info, debug'],
    [
      'TRUSTED_PROXIES',
      cidrList(),
      '10.0.0.0/33',
      'TRUSTED_PROXIES: got "10.0.0.0/33", wants a comma-separated list of address ranges, such as 10.0.0.0/8,::1/128',
    ],
  ])('names %s, what it got and what it wants', (name, piece, value, problem) => {
    expect(problemsOf(z.object({ [name]: piece }), { [name]: value })).toEqual([problem]);
  });

  it('says that a required variable is not set, also when it is empty', () => {
    const problem = 'AUTH_URL: is not set, wants a URL, such as http://127.0.0.1:7011';
    expect(problemsOf(z.object({ AUTH_URL: url() }), {})).toEqual([problem]);
    expect(problemsOf(z.object({ AUTH_URL: url() }), { AUTH_URL: '' })).toEqual([problem]);
  });

  it('lists every problem at once', () => {
    const schema = z.object({ PORT: port(1), AUTH_URL: url() });
    expect(() => readEnv(schema, { PORT: 'x' })).toThrow(/^PORT: .*; AUTH_URL: is not set/);
  });

  it('repeats neither secrets nor passwords inside URLs', () => {
    expect(
      problemsOf(z.object({ SERVICE_KEY: z.string().min(32, 'wants 32 characters') }), { SERVICE_KEY: 'hunter2' }),
    ).toEqual(['SERVICE_KEY: got a value of 7 characters, wants 32 characters']);
    const [problem] = problemsOf(z.object({ REDIS_URL: z.url({ protocol: /^rediss?$/ }) }), {
      REDIS_URL: 'http://u:hunter2@h/',
    });
    expect(problem).not.toContain('hunter2');
  });

  it('reads a variable from the file that its _FILE variable names', () => {
    const file = fileURLToPath(import.meta.url);
    expect(readEnv(z.object({ DATABASE_URL: z.string() }), { DATABASE_URL_FILE: file }).DATABASE_URL).toContain(
      'readEnv',
    );
    expect(() => readEnv(z.object({ DATABASE_URL: z.string() }), { DATABASE_URL_FILE: '/nowhere' })).toThrow(
      'DATABASE_URL_FILE: cannot read /nowhere (ENOENT), wants a readable file',
    );
  });

  it('reads values, lists and defaults', () => {
    const schema = z.object({
      PORT: port(8201),
      AUTH_URL: url(),
      WEB_URL: urlOptional(),
      RABBITMQ_URL: url(),
      NAMES: csv(),
      OFF: flag(true),
      CIDRS: cidrList(['127.0.0.0/8']),
    });
    const env = { AUTH_URL: 'http://auth:7011/', RABBITMQ_URL: 'amqp://h/', NAMES: ' a, b,,', OFF: 'OFF', PORT: '' };
    expect(readEnv(schema, env)).toEqual({
      PORT: 8201,
      AUTH_URL: 'http://auth:7011',
      RABBITMQ_URL: 'amqp://h/',
      NAMES: ['a', 'b'],
      OFF: false,
      CIDRS: ['127.0.0.0/8'],
    });
  });

  it('gives every service loopback, RFC 1918 for metrics, and no trusted proxy', () => {
    const config = commonConfig(readEnv(z.object({ ...commonEnv, PORT: port(8200) }), {}));
    expect(config).toEqual({
      host: '127.0.0.1',
      port: 8200,
      logLevel: 'info',
      metricsAllowCidrs: ['127.0.0.0/8', '::1/128', '10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'],
      trustedProxies: [],
    });
  });
});
