import { readFileSync } from 'node:fs';

export interface ExampleConfig {
  host: string;
  port: number;
  publicUrl: string;
  l2Servers: string[];
  redisUrl: string | undefined;
  /** Before all keys in Redis; unset is the kit's own. */
  redisPrefix: string | undefined;
  /** PEM; signs what is sent to L2. */
  privateKeyPem: string | undefined;
  recheckMs: number | undefined;
}

/** Reads the environment; every variable has a default that fits an L2 on the same laptop (`npm start`). */
export function loadConfig(env: NodeJS.ProcessEnv): ExampleConfig {
  const port = Number(env['PORT'] ?? 8100);
  const keyFile = env['L1_PRIVATE_KEY_FILE'];
  return {
    host: env['HOST'] ?? '127.0.0.1',
    port,
    publicUrl: env['L1_PUBLIC_URL'] ?? `http://localhost:${port}`,
    l2Servers: (env['L2_SERVERS'] ?? 'http://localhost:8200').split(',').map((url) => url.trim()),
    redisUrl: env['REDIS_URL'],
    redisPrefix: env['L1_REDIS_PREFIX'],
    privateKeyPem: keyFile === undefined ? undefined : readFileSync(keyFile, 'utf8'),
    recheckMs: env['L1_RECHECK_MS'] === undefined ? undefined : Number(env['L1_RECHECK_MS']),
  };
}
