import { homedir } from 'node:os';
import { describe, expect, it } from '@jest/globals';
import { ConfigError } from '@artdag/service-kit';
import { loadConfig, loadSetupKeysConfig } from './config.ts';

const good = { SERVICE_KEY: 's'.repeat(64), REDIS_URL: 'redis://127.0.0.1', RABBITMQ_URL: 'amqp://127.0.0.1' };

function problems(env: NodeJS.ProcessEnv): string[] {
  try {
    loadConfig(env);
    return [];
  } catch (error) {
    return error instanceof ConfigError ? error.problems : [String(error)];
  }
}

describe('loadConfig', () => {
  it('has the defaults of the spec, and expands the home folder', () => {
    expect(loadConfig(good)).toMatchObject({
      port: 7021,
      publicUrl: 'https://artdag.rose-ash.com',
      keyStore: 'file',
      dataDir: `${homedir()}/.artdag/l2`,
      dataEncryptionKey: undefined,
    });
    expect(loadSetupKeysConfig({})).toEqual({
      publicUrl: 'https://artdag.rose-ash.com',
      dataDir: `${homedir()}/.artdag/l2`,
      username: 'giles',
    });
  });

  it('takes the master key as hex or base64, and no other length', () => {
    const key = Buffer.alloc(32, 0xfb);
    for (const text of [key.toString('hex'), key.toString('base64'), key.toString('base64url')]) {
      expect(loadConfig({ ...good, DATA_ENCRYPTION_KEY: text }).dataEncryptionKey).toEqual(key);
    }
    for (const text of ['short', key.toString('hex').slice(2), `${key.toString('base64')}AAAA`, 'x'.repeat(64)]) {
      expect(problems({ ...good, DATA_ENCRYPTION_KEY: text })).toEqual([
        expect.stringMatching(/^DATA_ENCRYPTION_KEY: wants 32/),
      ]);
    }
  });

  it('names everything that is missing at once', () => {
    expect(problems({ KEY_STORE: 'database' }).map((problem) => problem.split(':')[0])).toEqual([
      'SERVICE_KEY',
      'REDIS_URL',
      'RABBITMQ_URL',
      'DATA_ENCRYPTION_KEY',
    ]);
    expect(problems({ ...good, KEY_STORE: 'cloud' })).toEqual([
      'KEY_STORE: got a value of 5 characters, wants file or database',
    ]);
  });
});
