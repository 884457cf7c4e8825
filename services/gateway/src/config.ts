import { z } from 'zod';
import {
  type CommonConfig,
  commonConfig,
  commonEnv,
  ConfigError,
  csv,
  integer,
  milliseconds,
  port,
  publicOriginsOf,
  readEnv,
  readSecret,
  url,
  urlOptional,
} from '@artdag/service-kit';
import type { Limits } from './limits/buckets.ts';
import { limitsEnv, limitsOf } from './limits/limits-config.ts';
import type { UpstreamUrls } from './proxy/upstreams.ts';

export interface Config extends CommonConfig {
  /** Host (and port) of every public URL. */
  domain: string;
  publicScheme: 'http' | 'https';
  /** `${publicScheme}://${domain}` */
  publicUrl: string;
  /** Where pages of ours may be: what `Origin` is compared with (credentials.md §2). */
  publicOrigins: string[];
  /** Under which hosts signed requests are taken: lower case, each with its port unless that is the scheme's. */
  publicHosts: string[];
  /** Of MSign, in `WWW-Authenticate`. */
  msignRealm: string;
  /** The `Domain` of the cookie `platform_token`; undefined where browsers take none, so that it is host-only. */
  cookieDomain: string | undefined;
  /** The store that all replicas share; undefined where one is passed in. */
  redisUrl: string | undefined;
  redisKeyPrefix: string;
  /** The primary user, whose followers and keys the server info tells of. */
  defaultUser: string;
  upstreams: UpstreamUrls;
  /** This service's key, hex. */
  serviceKey: string;
  limits: Limits;
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
  ...limitsEnv,
  PORT: port(8200),
  ARTDAG_DOMAIN: z.string().default('artdag.rose-ash.com'),
  PUBLIC_SCHEME: z.enum(['http', 'https'], 'wants http or https').default('https'),
  ARTDAG_USER: z.string().default('giles'),
  PLATFORM_DOMAIN: z.string().optional(),
  PUBLIC_HOSTS: csv(),
  MSIGN_REALM: z
    .string()
    .regex(/^[ !#-[\]-~]{1,64}$/, 'wants 1 to 64 characters of ASCII, without quotes and backslashes')
    .default('musehub'),
  REDIS_URL: urlOptional(),
  REDIS_KEY_PREFIX: z.string().default(''),
  AUTH_URL: peer(7011),
  IDENTITY_URL: peer(7021),
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
 * @param o.embedded the store comes from outside, so its URL may be missing
 * @throws ConfigError with a sentence per wrong variable
 */
export function loadConfig(env: NodeJS.ProcessEnv, o: { embedded?: boolean } = {}): Config {
  const e = readEnv(schema, env);
  const serviceKey = readSecret(env, 'SERVICE_KEY') ?? '';
  const hosts = e.PUBLIC_HOSTS.length > 0 ? e.PUBLIC_HOSTS : [e.ARTDAG_DOMAIN];
  const publicOrigins = originsOf(e.PUBLIC_SCHEME, hosts);
  const problems = [
    serviceKey === '' && 'SERVICE_KEY: is not set, wants the key that `artdag-admin service-keys` prints for gateway',
    publicOrigins === undefined && 'PUBLIC_HOSTS: wants a comma-separated list of hosts, each with its port if need be',
    o.embedded !== true &&
      e.REDIS_URL === undefined &&
      'REDIS_URL: is not set, wants a URL such as redis://127.0.0.1:6379',
  ].filter((problem) => typeof problem === 'string');
  if (problems.length > 0 || publicOrigins === undefined) throw new ConfigError(problems);
  return {
    ...commonConfig(e),
    domain: e.ARTDAG_DOMAIN,
    publicScheme: e.PUBLIC_SCHEME,
    publicUrl: `${e.PUBLIC_SCHEME}://${e.ARTDAG_DOMAIN}`,
    publicOrigins,
    publicHosts: publicOrigins.map((origin) => new URL(origin).host),
    msignRealm: e.MSIGN_REALM,
    cookieDomain: cookieDomainOf(e.PLATFORM_DOMAIN || e.ARTDAG_DOMAIN),
    redisUrl: e.REDIS_URL,
    redisKeyPrefix: e.REDIS_KEY_PREFIX,
    defaultUser: e.ARTDAG_USER,
    upstreams: {
      auth: e.AUTH_URL,
      identity: e.IDENTITY_URL,
      'asset-registry': e.ASSET_REGISTRY_URL,
      federation: e.FEDERATION_URL,
      'l1-bridge': e.L1_BRIDGE_URL,
      web: e.WEB_URL,
    },
    serviceKey,
    limits: limitsOf(e),
    upstreamTimeoutMs: e.UPSTREAM_TIMEOUT_MS,
    connectTimeoutMs: e.UPSTREAM_CONNECT_TIMEOUT_MS,
    maxBodyBytes: e.MAX_BODY_BYTES,
    shutdownGraceMs: e.SHUTDOWN_GRACE_MS,
  };
}

function originsOf(scheme: 'http' | 'https', hosts: readonly string[]): string[] | undefined {
  try {
    return publicOriginsOf(scheme, hosts);
  } catch {
    return undefined;
  }
}

/** Browsers drop a cookie whose domain is `localhost` or an address. */
function cookieDomainOf(domain: string): string | undefined {
  const host = domain.startsWith('[') ? '' : domain.replace(/:\d+$/, '').replace(/^\./, '');
  const takesNone = host === '' || host === 'localhost' || /^[\d.]+$/.test(host) || host.includes(':');
  return takesNone ? undefined : host;
}
