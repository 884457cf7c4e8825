import { z } from 'zod';
import {
  type CommonConfig,
  commonConfig,
  commonEnv,
  ConfigError,
  integer,
  milliseconds,
  port,
  readEnv,
  readSecret,
  url,
} from '@artdag/service-kit';
import type { UpstreamUrls } from './proxy/upstreams.ts';

export interface Config extends CommonConfig {
  /** Host (and port) of every public URL. */
  domain: string;
  publicScheme: 'http' | 'https';
  /** `${publicScheme}://${domain}` */
  publicUrl: string;
  /** The primary user, whose followers and keys the server info tells of. */
  defaultUser: string;
  upstreams: UpstreamUrls;
  /** This service's key, hex. */
  serviceKey: string;
  /** Longest wait for a service's first byte, and between two bytes. */
  upstreamTimeoutMs: number;
  connectTimeoutMs: number;
  /** Of routes that set no limit of their own. */
  maxBodyBytes: number;
  /** How long requests in flight may take after the stop signal. */
  shutdownGraceMs: number;
}

/** Paths are forwarded as they are, so a service has an origin and no path of its own. */
const peer = (defaultPort: number) =>
  url()
    .refine((text) => new URL(text).pathname === '/', 'wants a URL without a path, such as http://127.0.0.1:7011')
    .default(`http://127.0.0.1:${defaultPort}`);

const schema = z.object({
  ...commonEnv,
  PORT: port(8200),
  ARTDAG_DOMAIN: z.string().default('artdag.rose-ash.com'),
  PUBLIC_SCHEME: z.enum(['http', 'https'], 'wants http or https').default('https'),
  ARTDAG_USER: z.string().default('giles'),
  AUTH_URL: peer(7011),
  ASSET_REGISTRY_URL: peer(8201),
  FEDERATION_URL: peer(8202),
  L1_BRIDGE_URL: peer(8203),
  WEB_URL: peer(8204),
  UPSTREAM_TIMEOUT_MS: milliseconds(30_000),
  UPSTREAM_CONNECT_TIMEOUT_MS: milliseconds(2_000),
  MAX_BODY_BYTES: integer({ default: 1024 * 1024, min: 1024 }),
  SHUTDOWN_GRACE_MS: milliseconds(10_000),
});

/**
 * @param _o the gateway needs the same variables in standalone as on its own
 * @throws ConfigError with a sentence per wrong variable
 */
export function loadConfig(env: NodeJS.ProcessEnv, _o: { embedded?: boolean } = {}): Config {
  const e = readEnv(schema, env);
  const serviceKey = readSecret(env, 'SERVICE_KEY');
  if (serviceKey === undefined) {
    throw new ConfigError([
      'SERVICE_KEY: is not set, wants the key that `artdag-admin service-keys` prints for gateway',
    ]);
  }
  return {
    ...commonConfig(e),
    domain: e.ARTDAG_DOMAIN,
    publicScheme: e.PUBLIC_SCHEME,
    publicUrl: `${e.PUBLIC_SCHEME}://${e.ARTDAG_DOMAIN}`,
    defaultUser: e.ARTDAG_USER,
    upstreams: {
      auth: e.AUTH_URL,
      'asset-registry': e.ASSET_REGISTRY_URL,
      federation: e.FEDERATION_URL,
      'l1-bridge': e.L1_BRIDGE_URL,
      web: e.WEB_URL,
    },
    serviceKey,
    upstreamTimeoutMs: e.UPSTREAM_TIMEOUT_MS,
    connectTimeoutMs: e.UPSTREAM_CONNECT_TIMEOUT_MS,
    maxBodyBytes: e.MAX_BODY_BYTES,
    shutdownGraceMs: e.SHUTDOWN_GRACE_MS,
  };
}
