import { createAssertionSigner, type AssertionSigner } from '@artdag/actor-context';
import { createRedisStore, type KeyValueStore } from '@artdag/key-value';
import { createRabbitTransport, type Transport } from '@artdag/messaging';
import { createSafeFetch, type SafeFetchClient } from '@artdag/safe-fetch';
import { ConfigError, version, type Logger } from '@artdag/service-kit';
import type { Config } from './config.ts';

/** What leads out of the process, the database aside. */
export interface Connections {
  store: KeyValueStore;
  transport: Transport;
  safeFetch: SafeFetchClient;
  assertions: AssertionSigner;
  /** Those of the above that are ours to close. */
  own: { close(): Promise<void> }[];
}

export interface Given {
  logger: Logger;
  now: () => Date;
  store?: KeyValueStore;
  transport?: Transport;
}

/** Opens nothing yet: connections are made when first needed. Throws ConfigError when a URL is missing. */
export function createConnections(config: Config, given: Given): Connections {
  const { logger, now } = given;
  const { authUrl, serviceKey, allowedPrivateCidrs } = config;
  const store = given.store ?? openStore(config, logger);
  const transport = given.transport ?? openTransport(config, logger);
  return {
    store,
    transport,
    safeFetch: createSafeFetch({ allowedPrivateCidrs, userAgent: `ArtDAG-L2/${version} (+${config.publicUrl}/)` }),
    assertions: createAssertionSigner({ service: 'federation', serviceKey, authUrl, logger, now }),
    own: [...(given.store ? [] : [store]), ...(given.transport ? [] : [transport])],
  };
}

function openStore({ redisUrl: url, redisKeyPrefix: keyPrefix }: Config, logger: Logger): KeyValueStore {
  if (url === undefined) throw new ConfigError(['REDIS_URL: is not set, wants a URL such as redis://127.0.0.1:6379']);
  return createRedisStore({ url, keyPrefix, onError: (error) => logger.warn('key-value store', { error }) });
}

function openTransport({ rabbitmqUrl: url, rabbitmqPrefix: prefix }: Config, logger: Logger): Transport {
  if (url === undefined) throw new ConfigError(['RABBITMQ_URL: is not set, wants a URL such as amqp://127.0.0.1']);
  return createRabbitTransport({ url, prefix, logger });
}
