import { decodeMasterKey, decodeMasterKeys, masterKeyForm } from '@artdag/envelope';
import {
  cidrList,
  commonConfig,
  commonEnv,
  ConfigError,
  integer,
  perMinute,
  port,
  readEnv,
  readSecret,
  url,
  urlOptional,
  type CommonConfig,
} from '@artdag/service-kit';
import { z } from 'zod';
import { anchorConfig, anchorEnv, type AnchorConfig } from './anchors/anchor-config.ts';

export interface Config extends CommonConfig, AnchorConfig {
  databaseUrl: string;
  databasePoolMax: number;
  redisUrl: string | undefined;
  redisKeyPrefix: string;
  rabbitmqUrl: string | undefined;
  rabbitmqPrefix: string;
  authUrl: string;
  identityUrl: string;
  l1BridgeUrl: string;
  /** Hex of the 32-byte service key (credentials.md §4). */
  serviceKey: string;
  /** `{PUBLIC_SCHEME}://{ARTDAG_DOMAIN}`, the beginning of every id in a claim. */
  publicUrl: string;
  /** Addresses in private networks that outgoing requests may reach all the same. */
  allowedPrivateCidrs: string[];
  /** 32 bytes: seals what storage providers are reached with. */
  dataEncryptionKey: Buffer;
  /** Further master keys that open what is stored. */
  otherDataEncryptionKeys: Buffer[];
  /** How many works an actor may register in batches in a minute; without it, as many as they like. */
  batchLinesPerMinute: number | undefined;
  /** The folder that storage providers of the type `local` are below. */
  storageLocalRoot: string | undefined;
  /** How long the log's sequencer pauses between batches, and its signer between checkpoints. */
  logIntervalMs: number;
  /** How often each recorded copy is looked at. */
  storageCheckIntervalMs: number;
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
  L1_BRIDGE_URL: url().default('http://127.0.0.1:8203'),
  ALLOWED_PRIVATE_CIDRS: cidrList(),
  STORAGE_LOCAL_ROOT: z.string().optional(),
  STORAGE_CHECK_INTERVAL_SECONDS: integer({ default: 86_400, min: 60, max: 31_536_000 }),
  RATE_LIMIT_BATCH: perMinute(60_000),
  ...anchorEnv,
  LOG_INTERVAL_MS: integer({ default: 1_000, min: 10, max: 60_000 }),
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
  const otherDataEncryptionKeys = decodeMasterKeys(readSecret(env, 'DATA_ENCRYPTION_KEY_OTHERS') ?? '');
  const alone = o.embedded !== true;
  const problems = [
    serviceKey === undefined &&
      'SERVICE_KEY: is not set, wants the key that `artdag-admin service-keys` prints for asset-registry',
    alone && e.REDIS_URL === undefined && 'REDIS_URL: is not set, wants a URL such as redis://127.0.0.1:6379',
    alone && e.RABBITMQ_URL === undefined && 'RABBITMQ_URL: is not set, wants a URL such as amqp://127.0.0.1',
    masterKey === undefined && `DATA_ENCRYPTION_KEY: is not set, ${masterKeyForm}`,
    masterKey !== undefined && dataEncryptionKey === undefined && `DATA_ENCRYPTION_KEY: ${masterKeyForm}`,
    otherDataEncryptionKeys === undefined &&
      `DATA_ENCRYPTION_KEY_OTHERS: ${masterKeyForm}, several separated by commas`,
  ].filter((problem) => problem !== false);
  if (problems.length > 0 || serviceKey === undefined || dataEncryptionKey === undefined)
    throw new ConfigError(problems);
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
    l1BridgeUrl: e.L1_BRIDGE_URL,
    serviceKey,
    publicUrl: `${e.PUBLIC_SCHEME}://${e.ARTDAG_DOMAIN}`,
    allowedPrivateCidrs: e.ALLOWED_PRIVATE_CIDRS,
    dataEncryptionKey,
    otherDataEncryptionKeys: otherDataEncryptionKeys ?? [],
    storageLocalRoot: e.STORAGE_LOCAL_ROOT,
    storageCheckIntervalMs: e.STORAGE_CHECK_INTERVAL_SECONDS * 1000,
    batchLinesPerMinute: Number.isFinite(e.RATE_LIMIT_BATCH) ? e.RATE_LIMIT_BATCH : undefined,
    ...anchorConfig(e),
    logIntervalMs: e.LOG_INTERVAL_MS,
  };
}
