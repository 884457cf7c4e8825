import { createRedisStore, type KeyValueStore } from '@artdag/key-value';
import { createRabbitTransport, type Transport } from '@artdag/messaging';
import { createSafeFetch, type SafeFetchClient } from '@artdag/safe-fetch';
import { rabbitOptions, redisOptions, version, type Logger } from '@artdag/service-kit';
import type { Config } from './config.ts';

/** What leads out of the process, the database aside. */
export interface Connections {
  store: KeyValueStore;
  transport: Transport;
  safeFetch: SafeFetchClient;
  /** Those of the above that are ours to close. */
  own: { close(): Promise<void> }[];
}

export interface Given {
  logger: Logger;
  store?: KeyValueStore;
  transport?: Transport;
}

/** Opens nothing yet: connections are made when first needed. Throws ConfigError when a URL is missing. */
export function createConnections(config: Config, given: Given): Connections {
  const { logger } = given;
  const { allowedPrivateCidrs, publicUrl } = config;
  const store = given.store ?? createRedisStore(redisOptions(config, logger));
  const transport = given.transport ?? createRabbitTransport(rabbitOptions(config, logger));
  return {
    store,
    transport,
    safeFetch: createSafeFetch({ allowedPrivateCidrs, userAgent: `artdag/${version} (+${publicUrl})` }),
    own: [...(given.store ? [] : [store]), ...(given.transport ? [] : [transport])],
  };
}
