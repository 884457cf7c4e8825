import { fileURLToPath } from 'node:url';
import {
  commonConfig,
  commonEnv,
  ConfigError,
  csv,
  milliseconds,
  port,
  publicOriginsOf,
  readEnv,
  readSecret,
  url,
  type CommonConfig,
} from '@artdag/service-kit';
import { z } from 'zod';

export interface Config extends CommonConfig {
  authUrl: string;
  /** This service's key, hex: calls made for a visitor say that they are ours. */
  serviceKey: string;
  /** Where the public API answers, inside. */
  gatewayUrl: string;
  /** Longest wait for what is read from the gateway. */
  gatewayTimeoutMs: number;
  /** Longest wait for a login, a registration or a logout. */
  gatewayWriteTimeoutMs: number;
  publicScheme: 'https' | 'http';
  /** `{publicScheme}://{domain}`, as visitors reach us. */
  publicUrl: string;
  /** The file of the command line client, whether it is there or not. */
  clientArchive: string;
  /** Where our own forms come from, as browsers write it. */
  publicOrigins: string[];
}

/** Where the build of packages/cli leaves it. */
const builtArchive = fileURLToPath(new URL('../../../packages/cli/dist/artdag-client.tar.gz', import.meta.url));

const schema = z.object({
  ...commonEnv,
  PORT: port(8204),
  AUTH_URL: url().default('http://127.0.0.1:7011'),
  GATEWAY_URL: url().default('http://127.0.0.1:8200'),
  GATEWAY_TIMEOUT_MS: milliseconds(2_000),
  GATEWAY_WRITE_TIMEOUT_MS: milliseconds(10_000),
  ARTDAG_DOMAIN: z.string().default('artdag.rose-ash.com'),
  CLIENT_ARCHIVE: z.string().default(builtArchive),
  PUBLIC_HOSTS: csv(),
  PUBLIC_SCHEME: z.enum(['https', 'http'], 'wants https or http').default('https'),
});

/**
 * Reads the environment.
 *
 * @param _o web needs the same variables in standalone as on its own
 * @throws ConfigError that names every wrong variable
 */
export function loadConfig(env: NodeJS.ProcessEnv, _o: { embedded?: boolean } = {}): Config {
  const e = readEnv(schema, env);
  const serviceKey = readSecret(env, 'SERVICE_KEY');
  if (serviceKey === undefined) {
    throw new ConfigError(['SERVICE_KEY: is not set, wants the key that `artdag-admin service-keys` prints for web']);
  }
  return {
    ...commonConfig(e),
    authUrl: e.AUTH_URL,
    serviceKey,
    gatewayUrl: e.GATEWAY_URL,
    gatewayTimeoutMs: e.GATEWAY_TIMEOUT_MS,
    gatewayWriteTimeoutMs: e.GATEWAY_WRITE_TIMEOUT_MS,
    publicScheme: e.PUBLIC_SCHEME,
    publicUrl: `${e.PUBLIC_SCHEME}://${e.ARTDAG_DOMAIN}`,
    clientArchive: e.CLIENT_ARCHIVE,
    publicOrigins: publicOriginsOf(e.PUBLIC_SCHEME, e.PUBLIC_HOSTS.length > 0 ? e.PUBLIC_HOSTS : [e.ARTDAG_DOMAIN]),
  };
}
