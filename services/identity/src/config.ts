import { homedir } from 'node:os';
import { join } from 'node:path';
import { decodeMasterKey, decodeMasterKeys, masterKeyForm } from '@artdag/envelope';
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
  /** Hex of the 32-byte service key (credentials.md §4). */
  serviceKey: string;
  /** `{PUBLIC_SCHEME}://{ARTDAG_DOMAIN}`, the beginning of every key id. */
  publicUrl: string;
  keyStore: 'file' | 'database';
  /** Where `keys/` is, for `KEY_STORE=file`. */
  dataDir: string;
  /** 32 bytes; there with `KEY_STORE=database`. */
  dataEncryptionKey: Buffer | undefined;
  /** Further master keys that open what is stored: the former one, or the next one before it seals. */
  otherDataEncryptionKeys: Buffer[];
  /** Whether the original's signed text, which binds no host, is taken too. */
  acceptLegacyMSign: boolean;
  /** Of the challenge in the 401 of a request that wants a signature. */
  msignRealm: string;
}

const publicNameEnv = {
  ARTDAG_DOMAIN: z.string().default('artdag.rose-ash.com'),
  PUBLIC_SCHEME: z.enum(['https', 'http'], 'wants https or http').default('https'),
  ARTDAG_DATA: z.string().default('~/.artdag/l2'),
};

const schema = z.object({
  ...commonEnv,
  ...publicNameEnv,
  PORT: port(7021),
  DATABASE_URL: url().default('postgresql://artdag:artdag@localhost:5432/artdag'),
  DATABASE_POOL_MAX: integer({ default: 10, min: 2, max: 100 }),
  REDIS_URL: urlOptional(),
  REDIS_KEY_PREFIX: z.string().default(''),
  RABBITMQ_URL: urlOptional(),
  RABBITMQ_PREFIX: z.string().default(''),
  AUTH_URL: url().default('http://127.0.0.1:7011'),
  MSIGN_ACCEPT_V1: z.enum(['true', 'false'], 'wants true or false').default('false'),
  MSIGN_REALM: z
    .string()
    .regex(/^[ !#-[\]-~]{1,64}$/, 'wants 1 to 64 characters of ASCII, without quotes and backslashes')
    .default('musehub'),
  KEY_STORE: z.enum(['file', 'database'], 'wants file or database').default('file'),
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
  const masterKey = readSecret(env, 'DATA_ENCRYPTION_KEY');
  const dataEncryptionKey = masterKey === undefined ? undefined : decodeMasterKey(masterKey);
  const otherKeys = decodeMasterKeys(readSecret(env, 'DATA_ENCRYPTION_KEY_OTHERS') ?? '');
  const problems = [
    otherKeys === undefined && `DATA_ENCRYPTION_KEY_OTHERS: ${masterKeyForm}, several separated by commas`,
    serviceKey === undefined && "SERVICE_KEY: is not set, wants the 64 hex characters of identity's service key",
    o.embedded !== true &&
      e.REDIS_URL === undefined &&
      'REDIS_URL: is not set, wants a URL such as redis://127.0.0.1:6379',
    o.embedded !== true &&
      e.RABBITMQ_URL === undefined &&
      'RABBITMQ_URL: is not set, wants a URL such as amqp://127.0.0.1',
    masterKey !== undefined && dataEncryptionKey === undefined && `DATA_ENCRYPTION_KEY: ${masterKeyForm}`,
    e.KEY_STORE === 'database' &&
      masterKey === undefined &&
      `DATA_ENCRYPTION_KEY: is not set, KEY_STORE=database ${masterKeyForm}`,
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
    serviceKey,
    publicUrl: `${e.PUBLIC_SCHEME}://${e.ARTDAG_DOMAIN}`,
    keyStore: e.KEY_STORE,
    dataDir: expandHome(e.ARTDAG_DATA),
    dataEncryptionKey,
    otherDataEncryptionKeys: otherKeys ?? [],
    acceptLegacyMSign: e.MSIGN_ACCEPT_V1 === 'true',
    msignRealm: e.MSIGN_REALM,
  };
}

/** What `setup-keys` needs: no database, no secrets. */
export interface SetupKeysConfig {
  publicUrl: string;
  dataDir: string;
  username: string;
}

export function loadSetupKeysConfig(env: NodeJS.ProcessEnv): SetupKeysConfig {
  const e = readEnv(z.object({ ...publicNameEnv, ARTDAG_USER: z.string().default('giles') }), env);
  return {
    publicUrl: `${e.PUBLIC_SCHEME}://${e.ARTDAG_DOMAIN}`,
    dataDir: expandHome(e.ARTDAG_DATA),
    username: e.ARTDAG_USER,
  };
}

/** The environment of the setup-keys command; only this file reads it. */
export function processEnv(): NodeJS.ProcessEnv {
  return process.env;
}

/** Node does not expand `~` by itself. */
export function expandHome(path: string): string {
  return path === '~' || path.startsWith('~/') ? join(homedir(), path.slice(1)) : path;
}
