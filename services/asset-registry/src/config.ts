import {
  commonConfig,
  commonEnv,
  ConfigError,
  integer,
  port,
  readEnv,
  readSecret,
  url,
  urlOptional,
  type CommonConfig,
} from '@artdag/service-kit';
import { z } from 'zod';

export interface Config extends CommonConfig {
  databaseUrl: string;
  databasePoolMax: number;
  redisUrl: string | undefined;
  redisKeyPrefix: string;
  rabbitmqUrl: string | undefined;
  rabbitmqPrefix: string;
  authUrl: string;
  identityUrl: string;
  /** Hex of the 32-byte service key (credentials.md §4). */
  serviceKey: string;
  /** `{PUBLIC_SCHEME}://{ARTDAG_DOMAIN}`, the beginning of every id in a claim. */
  publicUrl: string;
}

const schema = z.object({
  ...commonEnv,
  PORT: port(8201),
  ARTDAG_DOMAIN: z.string().default('artdag.rose-ash.com'),
  PUBLIC_SCHEME: z.enum(['https', 'http'], 'wants https or http').default('https'),
  DATABASE_URL: url().default('postgresql://artdag:artdag@localhost:5432/artdag'),
  DATABASE_POOL_MAX: integer({ default: 10, min: 2, max: 100 }),
  REDIS_URL: urlOptional(),
  REDIS_KEY_PREFIX: z.string().default(''),
  RABBITMQ_URL: urlOptional(),
  RABBITMQ_PREFIX: z.string().default(''),
  AUTH_URL: url().default('http://127.0.0.1:7011'),
  IDENTITY_URL: url().default('http://127.0.0.1:7021'),
});

/**
 * Reads the environment.
 *
 * @param o.embedded the store and the transport come from outside, so their URLs may be missing
 * @throws ConfigError that names every wrong variable
 */
export function loadConfig(env: NodeJS.ProcessEnv, o: { embedded?: boolean } = {}): Config {
  const e = readEnv(schema, env);
  const serviceKey = readSecret(env, 'SERVICE_KEY');
  const alone = o.embedded !== true;
  const problems = [
    serviceKey === undefined &&
      'SERVICE_KEY: is not set, wants the key that `artdag-admin service-keys` prints for asset-registry',
    alone && e.REDIS_URL === undefined && 'REDIS_URL: is not set, wants a URL such as redis://127.0.0.1:6379',
    alone && e.RABBITMQ_URL === undefined && 'RABBITMQ_URL: is not set, wants a URL such as amqp://127.0.0.1',
  ].filter((problem) => problem !== false);
  if (problems.length > 0 || serviceKey === undefined) throw new ConfigError(problems);
  return {
    ...commonConfig(e),
    databaseUrl: e.DATABASE_URL,
    databasePoolMax: e.DATABASE_POOL_MAX,
    redisUrl: e.REDIS_URL,
    redisKeyPrefix: e.REDIS_KEY_PREFIX,
    rabbitmqUrl: e.RABBITMQ_URL,
    rabbitmqPrefix: e.RABBITMQ_PREFIX,
    authUrl: e.AUTH_URL,
    identityUrl: e.IDENTITY_URL,
    serviceKey,
    publicUrl: `${e.PUBLIC_SCHEME}://${e.ARTDAG_DOMAIN}`,
  };
}
