import {
  cidrList,
  commonConfig,
  commonEnv,
  ConfigError,
  csv,
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
import type { FederationMode } from './blocked-hosts/refuse-blocked.ts';
import type { InboxBounds } from './inbox/housekeeping.ts';

export interface Config extends CommonConfig {
  databaseUrl: string;
  databasePoolMax: number;
  redisUrl: string | undefined;
  redisKeyPrefix: string;
  rabbitmqUrl: string | undefined;
  rabbitmqPrefix: string;
  authUrl: string;
  identityUrl: string;
  serviceKey: string;
  /** Host of every actor URL and `acct:` resource, with its port if it has one. */
  domain: string;
  publicScheme: 'https' | 'http';
  /** Scheme and host, no trailing slash. */
  publicUrl: string;
  /** Hosts for which a signature may have been made. */
  publicHosts: string[];
  /** Where the source of this software is; NodeInfo shows it. */
  repositoryUrl: string | undefined;
  /** Whether readers of users' documents have to sign. */
  authorizedFetch: boolean;
  /** Private addresses that may be written to and fetched from, also over plain http. */
  allowedPrivateCidrs: string[];
  inboxBounds: InboxBounds;
  /** Whom we talk to: everybody but blocked hosts, or allowed hosts only. */
  federationMode: FederationMode;
}

const HOST = /^[a-z0-9.-]+(:\d{1,5})?$/;

const schema = z.object({
  ...commonEnv,
  PORT: port(8202),
  DATABASE_URL: url(),
  DATABASE_POOL_MAX: integer({ default: 10, min: 1, max: 1000 }),
  REDIS_URL: urlOptional(),
  REDIS_KEY_PREFIX: z.string().default(''),
  RABBITMQ_URL: urlOptional(),
  RABBITMQ_PREFIX: z.string().default(''),
  AUTH_URL: url().default('http://127.0.0.1:7011'),
  IDENTITY_URL: url().default('http://127.0.0.1:7021'),
  ARTDAG_DOMAIN: z
    .string()
    .toLowerCase()
    .regex(HOST, 'wants a host, such as artdag.example.com or localhost:8200')
    .default('artdag.rose-ash.com'),
  PUBLIC_SCHEME: z.enum(['https', 'http'], 'wants https or http').default('https'),
  PUBLIC_HOSTS: csv(),
  REPOSITORY_URL: urlOptional(),
  AUTHORIZED_FETCH: flag(false),
  ALLOWED_PRIVATE_CIDRS: cidrList(),
  FEDERATION_MODE: z.enum(['open', 'allow-list'], 'wants open or allow-list').default('open'),
  INBOX_TEXT_DAYS: integer({ default: 30, min: 1, max: 36_500 }),
  INBOX_ID_DAYS: integer({ default: 180, min: 1, max: 36_500 }),
  REMOTE_ACTORS_MAX: integer({ default: 100_000, min: 1_000, max: 100_000_000 }),
});

/**
 * Reads the environment. `embedded`: transport and store are given to createService, so their URLs may be unset.
 * Throws ConfigError.
 */
export function loadConfig(env: NodeJS.ProcessEnv, o: { embedded?: boolean } = {}): Config {
  const e = readEnv(schema, env);
  const serviceKey = readSecret(env, 'SERVICE_KEY');
  const problems: string[] = [];
  if (serviceKey === undefined) {
    problems.push('SERVICE_KEY: is not set, wants the key that auth derives for federation from INTERNAL_SECRET');
  }
  if (o.embedded !== true && e.REDIS_URL === undefined) problems.push('REDIS_URL: is not set, wants a redis:// URL');
  if (o.embedded !== true && e.RABBITMQ_URL === undefined)
    problems.push('RABBITMQ_URL: is not set, wants an amqp:// URL');
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
    serviceKey,
    domain: e.ARTDAG_DOMAIN,
    publicScheme: e.PUBLIC_SCHEME,
    publicUrl: `${e.PUBLIC_SCHEME}://${e.ARTDAG_DOMAIN}`,
    publicHosts: (e.PUBLIC_HOSTS.length > 0 ? e.PUBLIC_HOSTS : [e.ARTDAG_DOMAIN]).map((host) => host.toLowerCase()),
    repositoryUrl: e.REPOSITORY_URL,
    authorizedFetch: e.AUTHORIZED_FETCH,
    allowedPrivateCidrs: e.ALLOWED_PRIVATE_CIDRS,
    federationMode: e.FEDERATION_MODE,
    inboxBounds: { textDays: e.INBOX_TEXT_DAYS, idDays: e.INBOX_ID_DAYS, maxRemoteActors: e.REMOTE_ACTORS_MAX },
  };
}
