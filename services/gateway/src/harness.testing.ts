import { testIssuer } from '@artdag/testing';
import { createHash } from 'node:crypto';
import { createServer, type RequestListener } from 'node:http';
import { createMemoryStore, type KeyValueStore } from '@artdag/key-value';
import type { Logger, Service } from '@artdag/service-kit';
import { type AuthStandIn, closeServer, listenOnLoopback, startAuthStandIn } from './auth-stand-in.testing.ts';
import type { Config } from './config.ts';
import { type IdentityStandIn, startIdentityStandIn } from './identity-stand-in.testing.ts';
import type { Limits } from './limits/buckets.ts';
import { createService, type Overrides } from './service.ts';

/** What a service has been sent, as it came. */
export interface Seen {
  method: string;
  /** The raw request target. */
  url: string;
  /** name, value, name, value, … */
  rawHeaders: string[];
  bodyBytes: number;
  bodySha256: string;
}

export interface Harness {
  /** The gateway's. */
  url: string;
  port: number;
  service: Service;
  auth: AuthStandIn;
  identity: IdentityStandIn;
  /** What all replicas share. Without the lease of auth's keeper in it, so auth is asked: see lendLease. */
  store: KeyValueStore;
  /** Every request that reached a service, but for what the gateway itself asks of auth and identity. */
  seen: Seen[];
  /** What the services answer; by default 200 with what they have seen. */
  respond: RequestListener;
  close(): Promise<void>;
}

export interface HarnessOptions {
  logger: Logger;
  config?: Partial<Config>;
  overrides?: Partial<Overrides>;
}

/** A gateway on a real port, in front of one echoing server that plays all services. */
export async function startHarness(o: HarnessOptions): Promise<Harness> {
  const seen: Seen[] = [];
  const harness = { seen, respond: echo(seen) };
  const listener: RequestListener = (request, response) => harness.respond(request, response);
  const auth = await startAuthStandIn(listener);
  const identity = await startIdentityStandIn(listener);
  const services = createServer({ maxHeaderSize: 256 * 1024 }, listener);
  const servicesUrl = await listenOnLoopback(services);
  const store = o.overrides?.store ?? createMemoryStore();
  const service = createService(
    { ...testConfig(auth.url, servicesUrl, identity.url), ...o.config },
    { logger: o.logger, askTimeoutMs: 10_000, ...o.overrides, store },
  );
  const { port, url } = await service.start();
  while ((await fetch(`${url}/readyz`)).status !== 200) await new Promise((resolve) => setTimeout(resolve, 10));
  seen.length = 0;
  return Object.assign(harness, {
    url,
    port,
    service,
    auth,
    identity,
    store,
    async close() {
      await service.close();
      await store.close();
      await auth.close();
      await identity.close();
      await closeServer(services);
    },
  });
}

/** Longer than a busy machine stands still. Tests of what is not answered say how long they wait. */
const patienceMs = 30_000;

/** Most suites send more than anybody may. */
export const noLimits: Limits = {
  keys: undefined,
  session: undefined,
  anonymous: undefined,
  actor: undefined,
  agent: undefined,
  inbox: undefined,
  log: undefined,
  recordRun: undefined,
  remoteFollow: undefined,
  storageTest: undefined,
};

export function testConfig(authUrl: string, servicesUrl: string, identityUrl = servicesUrl): Config {
  return {
    host: '127.0.0.1',
    port: 0,
    logLevel: 'debug',
    metricsAllowCidrs: ['127.0.0.0/8'],
    trustedProxies: [],
    domain: testIssuer,
    publicScheme: 'https',
    publicUrl: `https://${testIssuer}`,
    publicOrigins: [`https://${testIssuer}`],
    publicHosts: [testIssuer],
    msignRealm: 'musehub',
    cookieDomain: testIssuer,
    redisUrl: undefined,
    redisKeyPrefix: '',
    defaultUser: 'giles',
    upstreams: {
      auth: authUrl,
      identity: identityUrl,
      'asset-registry': servicesUrl,
      federation: servicesUrl,
      'l1-bridge': servicesUrl,
      web: servicesUrl,
    },
    serviceKey: '11'.repeat(32),
    limits: noLimits,
    upstreamTimeoutMs: patienceMs,
    connectTimeoutMs: patienceMs,
    maxBodyBytes: 1024 * 1024,
    shutdownGraceMs: 2000,
  };
}

/** Makes the store one that is relied upon, as auth does once a second. */
export async function lendLease(store: KeyValueStore, ttlMs = 60_000): Promise<void> {
  const { serverId } = await store.read([]);
  await store.set('deny:ready', serverId, { ttlMs });
}

/** Notes what came, without keeping the body, and answers with it. */
function echo(seen: Seen[]): RequestListener {
  return (request, response) => {
    const sha256 = createHash('sha256');
    let bodyBytes = 0;
    request.on('data', (chunk: Buffer) => {
      bodyBytes += chunk.length;
      sha256.update(chunk);
    });
    request.on('end', () => {
      const { method = '', url = '', rawHeaders } = request;
      const noted = { method, url, rawHeaders, bodyBytes, bodySha256: sha256.digest('hex') };
      seen.push(noted);
      response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(noted));
    });
  };
}

/** The values of a header in a raw list, by its name in any case. */
export function valuesOf(rawHeaders: readonly string[], name: string): string[] {
  return rawHeaders.filter((_, at) => at % 2 === 1 && rawHeaders[at - 1]?.toLowerCase() === name);
}
