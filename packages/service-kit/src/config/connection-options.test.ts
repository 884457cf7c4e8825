import { expect, it } from '@jest/globals';
import { ConfigError } from '../errors.ts';
import { createLogger } from '../logging/logger.ts';
import { rabbitOptions, redisOptions } from './connection-options.ts';

const logger = createLogger({ service: 'test', level: 'error' });

it('says which variable is not set, and what it wants', () => {
  const redis = () => redisOptions({ redisUrl: undefined, redisKeyPrefix: '' }, logger);
  expect(redis).toThrow(new ConfigError(['REDIS_URL: is not set, wants a URL such as redis://127.0.0.1:6379']));
  const rabbit = () => rabbitOptions({ rabbitmqUrl: undefined, rabbitmqPrefix: '' }, logger);
  expect(rabbit).toThrow(new ConfigError(['RABBITMQ_URL: is not set, wants a URL such as amqp://127.0.0.1']));
});

it('passes on where it leads and under which prefix', () => {
  const redis = redisOptions({ redisUrl: 'redis://r:1', redisKeyPrefix: 'a:' }, logger);
  expect(redis).toMatchObject({ url: 'redis://r:1', keyPrefix: 'a:' });
  const rabbit = rabbitOptions({ rabbitmqUrl: 'amqp://r', rabbitmqPrefix: 'b.' }, logger);
  expect(rabbit).toMatchObject({ url: 'amqp://r', prefix: 'b.' });
});
