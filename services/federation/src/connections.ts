import { createAssertionSigner, type AssertionSigner } from '@artdag/actor-context';
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

/** Half of them are kept for later: who is followed from a few hundred hosts calls each of them again and again. */
const MAX_SOCKETS = 1024;

/** Opens nothing yet: connections are made when first needed. Throws ConfigError when a URL is missing. */
export function createConnections(config: Config, given: Given): Connections {
  const { logger, now } = given;
  const { authUrl, serviceKey, allowedPrivateCidrs } = config;
  const store = given.store ?? createRedisStore(redisOptions(config, logger));
  const transport = given.transport ?? createRabbitTransport(rabbitOptions(config, logger));
  return {
    store,
    transport,
    safeFetch: createSafeFetch({
      allowedPrivateCidrs,
      userAgent: `ArtDAG-L2/${version} (+${config.publicUrl}/)`,
      maxSockets: MAX_SOCKETS,
    }),
    assertions: createAssertionSigner({ service: 'federation', serviceKey, authUrl, logger, now }),
    own: [...(given.store ? [] : [store]), ...(given.transport ? [] : [transport])],
  };
}
