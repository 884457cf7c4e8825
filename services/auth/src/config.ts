import { availableParallelism } from 'node:os';
import {
  commonConfig,
  commonEnv,
  ConfigError,
  flag,
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
  /** Host, and port if it is not the scheme's, of the public origin: `iss` and `aud` of access tokens. */
  domain: string;
  /** `{PUBLIC_SCHEME}://{ARTDAG_DOMAIN}` */
  publicUrl: string;
  /** Protects the key ring. Undefined: one for the life of this process only. */
  jwtSecret: string | undefined;
  /** All service keys are derived from it. */
  internalSecret: string;
  sessionTtlMs: number;
  accessTokenTtlSeconds: number;
  /** How many passwords are hashed at once. */
  passwordHashesAtOnce: number;
  /** How many more may wait for their turn; the next is told that we are busy. */
  passwordHashesWaiting: number;
}

const minSecretBytes = 32;

const schema = z.object({
  ...commonEnv,
  PORT: port(7011),
  DATABASE_URL: url().default('postgresql://artdag:artdag@localhost:5432/artdag'),
  DATABASE_POOL_MAX: integer({ default: 10, min: 2, max: 100 }),
  REDIS_URL: urlOptional(),
  REDIS_KEY_PREFIX: z.string().default(''),
  RABBITMQ_URL: urlOptional(),
  RABBITMQ_PREFIX: z.string().default(''),
  ARTDAG_DOMAIN: z.string().default('artdag.rose-ash.com'),
  PUBLIC_SCHEME: z.enum(['https', 'http'], 'wants https or http').default('https'),
  REQUIRE_PERSISTENT_SECRETS: flag(false),
  SESSION_TTL_SECONDS: integer({ default: 7 * 24 * 3600, min: 60 }),
  ACCESS_TOKEN_TTL_SECONDS: integer({ default: 3600, min: 60, max: 24 * 3600 }),
  PASSWORD_HASHES_AT_ONCE: integer({ default: availableParallelism(), min: 1, max: 64 }),
  PASSWORD_HASHES_WAITING: integer({ default: 64, max: 10_000 }),
});

/**
 * Reads the environment and the secrets (art-dag-l2.md §3).
 *
 * @param o.embedded the store and the transport come from outside, so their URLs may be missing
 * @throws ConfigError that names every wrong variable
 */
export function loadConfig(env: NodeJS.ProcessEnv, o: { embedded?: boolean } = {}): Config {
  const e = readEnv(schema, env);
  const jwtSecret = readSecret(env, 'JWT_SECRET');
  const internalSecret = readSecret(env, 'INTERNAL_SECRET') ?? '';
  const alone = o.embedded !== true;
  const problems = [
    jwtSecret !== undefined && tooShort('JWT_SECRET', jwtSecret),
    jwtSecret === undefined && e.REQUIRE_PERSISTENT_SECRETS && `JWT_SECRET: is not set, ${wantsSecret}`,
    internalSecret === '' ? `INTERNAL_SECRET: is not set, ${wantsSecret}` : tooShort('INTERNAL_SECRET', internalSecret),
    alone && e.REDIS_URL === undefined && 'REDIS_URL: is not set, wants a URL such as redis://127.0.0.1:6379',
    alone && e.RABBITMQ_URL === undefined && 'RABBITMQ_URL: is not set, wants a URL such as amqp://127.0.0.1',
  ].filter((problem) => typeof problem === 'string');
  if (problems.length > 0) throw new ConfigError(problems);
  return {
    ...commonConfig(e),
    databaseUrl: e.DATABASE_URL,
    databasePoolMax: e.DATABASE_POOL_MAX,
    redisUrl: e.REDIS_URL,
    redisKeyPrefix: e.REDIS_KEY_PREFIX,
    rabbitmqUrl: e.RABBITMQ_URL,
    rabbitmqPrefix: e.RABBITMQ_PREFIX,
    domain: e.ARTDAG_DOMAIN,
    publicUrl: `${e.PUBLIC_SCHEME}://${e.ARTDAG_DOMAIN}`,
    jwtSecret,
    internalSecret,
    sessionTtlMs: e.SESSION_TTL_SECONDS * 1000,
    accessTokenTtlSeconds: e.ACCESS_TOKEN_TTL_SECONDS,
    passwordHashesAtOnce: e.PASSWORD_HASHES_AT_ONCE,
    passwordHashesWaiting: e.PASSWORD_HASHES_WAITING,
  };
}

const wantsSecret = 'wants at least 32 bytes, e.g. of `openssl rand -hex 32`, the same for every replica';

function tooShort(name: string, secret: string): string | false {
  const bytes = Buffer.byteLength(secret);
  return bytes < minSecretBytes && `${name}: got ${bytes} bytes, ${wantsSecret}`;
}
