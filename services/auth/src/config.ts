import type { KeyObject } from 'node:crypto';
import { availableParallelism } from 'node:os';
import {
  commonConfig,
  commonEnv,
  ConfigError,
  csv,
  flag,
  integer,
  milliseconds,
  port,
  publicOriginsOf,
  readEnv,
  readSecret,
  url,
  urlOptional,
  type CommonConfig,
} from '@artdag/service-kit';
import { z } from 'zod';
import { readGivenKey } from './tokens/given-key.ts';

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
  /** Whether cookies are sent over TLS only: unless PUBLIC_SCHEME is http. */
  secureCookies: boolean;
  /** Origins that browsers may send credentials from, e.g. `https://artdag.rose-ash.com`. */
  publicOrigins: string[];
  /** Hosts below it get `platform_token`. Without port. */
  platformDomain: string;
  /** E-mail addresses in lower case, whose first login by OIDC makes a sysadmin. */
  sysadminEmails: ReadonlySet<string>;
  sessionTtlMs: number;
  /** Life of a refresh token, which its session's end cuts short. */
  refreshTtlMs: number;
  /** Life of `platform_token`. */
  platformTokenTtlSeconds: number;
  /** Makes the three mock users, who need no password. */
  mockLogin: boolean;
  accessTokenTtlSeconds: number;
  /** Key-ring rows that open with it are re-encrypted at start-up. */
  jwtSecretPrevious: string | undefined;
  /** The key that is to sign, if the ring is not to make its own. */
  signingKey: KeyObject | undefined;
  /** How long a new key is published before it signs. */
  keyPublishMs: number;
  /** How often every replica reads the key ring. */
  keyRingReloadMs: number;
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
  PUBLIC_HOSTS: csv(),
  PLATFORM_DOMAIN: z.string().optional(),
  NODE_ENV: z.string().optional(),
  AUTH_MOCK_LOGIN: flag(false),
  BOOTSTRAP_SYSADMINS: z.string().default(''),
  REQUIRE_PERSISTENT_SECRETS: flag(false),
  SESSION_TTL_SECONDS: integer({ default: 7 * 24 * 3600, min: 60 }),
  REFRESH_TOKEN_TTL_SECONDS: integer({ default: 7 * 24 * 3600, min: 60 }),
  PLATFORM_TOKEN_TTL_SECONDS: integer({ default: 24 * 3600, min: 60, max: 24 * 3600 }),
  ACCESS_TOKEN_TTL_SECONDS: integer({ default: 3600, min: 60, max: 24 * 3600 }),
  KEY_PUBLISH_SECONDS: integer({ default: 300, max: 24 * 3600 }),
  KEY_RING_RELOAD_MS: milliseconds(5_000),
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
  const given = readGivenKey(env);
  const alone = o.embedded !== true;
  const problems = [
    e.AUTH_MOCK_LOGIN && e.NODE_ENV === 'production' && mockInProduction,
    jwtSecret !== undefined && tooShort('JWT_SECRET', jwtSecret),
    jwtSecret === undefined && e.REQUIRE_PERSISTENT_SECRETS && `JWT_SECRET: is not set, ${wantsSecret}`,
    internalSecret === '' ? `INTERNAL_SECRET: is not set, ${wantsSecret}` : tooShort('INTERNAL_SECRET', internalSecret),
    alone && e.REDIS_URL === undefined && 'REDIS_URL: is not set, wants a URL such as redis://127.0.0.1:6379',
    alone && e.RABBITMQ_URL === undefined && 'RABBITMQ_URL: is not set, wants a URL such as amqp://127.0.0.1',
    ...given.problems,
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
    secureCookies: e.PUBLIC_SCHEME === 'https',
    publicOrigins: publicOriginsOf(e.PUBLIC_SCHEME, e.PUBLIC_HOSTS.length > 0 ? e.PUBLIC_HOSTS : [e.ARTDAG_DOMAIN]),
    platformDomain: e.PLATFORM_DOMAIN ?? e.ARTDAG_DOMAIN.replace(/:\d+$/, ''),
    jwtSecret,
    internalSecret,
    sysadminEmails: new Set(
      e.BOOTSTRAP_SYSADMINS.toLowerCase()
        .split(/[\s,]+/)
        .filter((email) => email !== ''),
    ),
    sessionTtlMs: e.SESSION_TTL_SECONDS * 1000,
    refreshTtlMs: e.REFRESH_TOKEN_TTL_SECONDS * 1000,
    platformTokenTtlSeconds: e.PLATFORM_TOKEN_TTL_SECONDS,
    mockLogin: e.AUTH_MOCK_LOGIN,
    accessTokenTtlSeconds: e.ACCESS_TOKEN_TTL_SECONDS,
    jwtSecretPrevious: readSecret(env, 'JWT_SECRET_PREVIOUS'),
    signingKey: given.key,
    keyPublishMs: e.KEY_PUBLISH_SECONDS * 1000,
    keyRingReloadMs: e.KEY_RING_RELOAD_MS,
    passwordHashesAtOnce: e.PASSWORD_HASHES_AT_ONCE,
    passwordHashesWaiting: e.PASSWORD_HASHES_WAITING,
  };
}

const mockInProduction = 'AUTH_MOCK_LOGIN: got true, wants false where NODE_ENV is production';

const wantsSecret = 'wants at least 32 bytes, e.g. of `openssl rand -hex 32`, the same for every replica';

function tooShort(name: string, secret: string): string | false {
  const bytes = Buffer.byteLength(secret);
  return bytes < minSecretBytes && `${name}: got ${bytes} bytes, ${wantsSecret}`;
}
