import { ConfigError } from '../errors.ts';
import type { Logger } from '../logging/logger.ts';

export interface RedisConfig {
  redisUrl?: string | undefined;
  redisKeyPrefix: string;
}

export interface RabbitConfig {
  rabbitmqUrl?: string | undefined;
  rabbitmqPrefix: string;
}

/** For `createRedisStore`, of a service that was passed no store. @throws ConfigError when REDIS_URL is not set */
export function redisOptions({ redisUrl, redisKeyPrefix: keyPrefix }: RedisConfig, logger: Logger) {
  const url = given(redisUrl, 'REDIS_URL', 'redis://127.0.0.1:6379');
  return { url, keyPrefix, onError: (error: Error): void => void logger.warn('key-value store', { error }) };
}

/** For `createRabbitTransport`, of a service that was passed no transport. @throws ConfigError when RABBITMQ_URL is not set */
export function rabbitOptions({ rabbitmqUrl, rabbitmqPrefix: prefix }: RabbitConfig, logger: Logger) {
  return { url: given(rabbitmqUrl, 'RABBITMQ_URL', 'amqp://127.0.0.1'), prefix, logger };
}

function given(url: string | undefined, variable: string, example: string): string {
  if (url !== undefined) return url;
  throw new ConfigError([`${variable}: is not set, wants a URL such as ${example}`]);
}
