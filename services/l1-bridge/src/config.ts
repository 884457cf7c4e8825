import {
  cidrList,
  commonConfig,
  commonEnv,
  ConfigError,
  flag,
  integer,
  csv,
  perMinute,
  port,
  readEnv,
  readSecret,
  url,
  urlOptional,
  type CommonConfig,
} from '@artdag/service-kit';
import { z } from 'zod';
import { parseL1Servers } from './l1-servers/l1-url.ts';

export interface Config extends CommonConfig {
  databaseUrl: string;
  databasePoolMax: number;
  redisUrl: string | undefined;
  redisKeyPrefix: string;
  rabbitmqUrl: string | undefined;
  rabbitmqPrefix: string;
  authUrl: string;
  identityUrl: string;
  /** The L1 servers that users may attach to, each in its one spelling. */
  l1Servers: string[];
  /** Whether operators may list servers over plain http. */
  allowHttpL1: boolean;
  /** The key with which l1-bridge proves itself to auth. */
  serviceKey: string;
  /** `ARTDAG_DOMAIN`: `iss` of every token. */
  domain: string;
  publicScheme: 'https' | 'http';
  /** The hosts that signed requests may name. */
  publicHosts: string[];
  /** Whether L1s have to sign what they ask to be verified. */
  requireSignedVerify: boolean;
  /** Of `/auth/verify`, per L1 and address; undefined: no limit. */
  verifyPerMinute: number | undefined;
  /** `{PUBLIC_SCHEME}://{ARTDAG_DOMAIN}`: as whom we call L1s. */
  publicUrl: string;
  /** Addresses in private networks that outgoing requests may reach all the same. */
  allowedPrivateCidrs: string[];
  /** How long an L1 may take to give a run, from the look-up of its name to the last byte. */
  runTimeoutMs: number;
}

const schema = z.object({
  ...commonEnv,
  PORT: port(8203),
  DATABASE_URL: url().default('postgresql://artdag:artdag@localhost:5432/artdag'),
  DATABASE_POOL_MAX: integer({ default: 10, min: 1, max: 100 }),
  REDIS_URL: urlOptional(),
  REDIS_KEY_PREFIX: z.string().default(''),
  RABBITMQ_URL: urlOptional(),
  RABBITMQ_PREFIX: z.string().default(''),
  AUTH_URL: url().default('http://127.0.0.1:7011'),
  IDENTITY_URL: url().default('http://127.0.0.1:7021'),
  L1_SERVERS: z.string().default('https://celery-artdag.rose-ash.com'),
  ALLOW_HTTP_L1: flag(false),
  ARTDAG_DOMAIN: z.string().default('artdag.rose-ash.com'),
  PUBLIC_SCHEME: z.enum(['https', 'http'], 'wants https or http').default('https'),
  PUBLIC_HOSTS: csv(),
  L1_REQUIRE_SIGNED_VERIFY: flag(false),
  RATE_LIMIT_VERIFY: perMinute(1200),
  ALLOWED_PRIVATE_CIDRS: cidrList(),
  L1_RUN_TIMEOUT_MS: integer({ default: 30_000, min: 100, max: 30_000 }),
});

/**
 * Reads the environment.
 *
 * @param o.embedded the store and the transport come from outside, so their URLs may be missing
 * @throws ConfigError that names every wrong variable
 */
export function loadConfig(env: NodeJS.ProcessEnv, o: { embedded?: boolean } = {}): Config {
  const e = readEnv(schema, env);
  const l1 = parseL1Servers(e.L1_SERVERS, { allowHttp: e.ALLOW_HTTP_L1 });
  const problems = l1.problems.map((problem) => `L1_SERVERS: ${problem}`);
  if (o.embedded !== true && e.REDIS_URL === undefined) {
    problems.push('REDIS_URL: is not set, wants a URL such as redis://127.0.0.1:6379');
  }
  if (o.embedded !== true && e.RABBITMQ_URL === undefined) {
    problems.push('RABBITMQ_URL: is not set, wants a URL such as amqp://127.0.0.1');
  }
  const serviceKey = readSecret(env, 'SERVICE_KEY');
  if (serviceKey === undefined) {
    problems.push('SERVICE_KEY: is not set, wants the key that auth derives for l1-bridge from INTERNAL_SECRET');
  }
  if (serviceKey === undefined || problems.length > 0) throw new ConfigError(problems);
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
    l1Servers: l1.urls,
    allowHttpL1: e.ALLOW_HTTP_L1,
    serviceKey,
    domain: e.ARTDAG_DOMAIN,
    publicScheme: e.PUBLIC_SCHEME,
    publicHosts: (e.PUBLIC_HOSTS.length > 0 ? e.PUBLIC_HOSTS : [e.ARTDAG_DOMAIN]).map((host) => host.toLowerCase()),
    requireSignedVerify: e.L1_REQUIRE_SIGNED_VERIFY,
    verifyPerMinute: e.RATE_LIMIT_VERIFY === Infinity ? undefined : e.RATE_LIMIT_VERIFY,
    publicUrl: `${e.PUBLIC_SCHEME}://${e.ARTDAG_DOMAIN}`,
    allowedPrivateCidrs: e.ALLOWED_PRIVATE_CIDRS,
    runTimeoutMs: e.L1_RUN_TIMEOUT_MS,
  };
}
