import {
  commonConfig,
  commonEnv,
  ConfigError,
  flag,
  integer,
  port,
  readEnv,
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
  authUrl: string;
  /** The L1 servers that users may attach to, each in its one spelling. */
  l1Servers: string[];
}

const schema = z.object({
  ...commonEnv,
  PORT: port(8203),
  DATABASE_URL: url().default('postgresql://artdag:artdag@localhost:5432/artdag'),
  DATABASE_POOL_MAX: integer({ default: 10, min: 1, max: 100 }),
  REDIS_URL: urlOptional(),
  REDIS_KEY_PREFIX: z.string().default(''),
  AUTH_URL: url().default('http://127.0.0.1:7011'),
  L1_SERVERS: z.string().default('https://celery-artdag.rose-ash.com'),
  ALLOW_HTTP_L1: flag(false),
});

/**
 * Reads the environment.
 *
 * @param o.embedded the store comes from outside, so its URL may be missing
 * @throws ConfigError that names every wrong variable
 */
export function loadConfig(env: NodeJS.ProcessEnv, o: { embedded?: boolean } = {}): Config {
  const e = readEnv(schema, env);
  const l1 = parseL1Servers(e.L1_SERVERS, { allowHttp: e.ALLOW_HTTP_L1 });
  const problems = l1.problems.map((problem) => `L1_SERVERS: ${problem}`);
  if (o.embedded !== true && e.REDIS_URL === undefined) {
    problems.push('REDIS_URL: is not set, wants a URL such as redis://127.0.0.1:6379');
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return {
    ...commonConfig(e),
    databaseUrl: e.DATABASE_URL,
    databasePoolMax: e.DATABASE_POOL_MAX,
    redisUrl: e.REDIS_URL,
    redisKeyPrefix: e.REDIS_KEY_PREFIX,
    authUrl: e.AUTH_URL,
    l1Servers: l1.urls,
  };
}
