import type { Server } from 'node:http';
import { type AssertionSigner, createAssertionSigner } from '@artdag/actor-context';
import { createRedisStore, type KeyValueStore } from '@artdag/key-value';
import type { RevocationReader } from '@artdag/revocation';
import {
  redisOptions,
  createHealth,
  createLogger,
  createMetrics,
  type HttpServer,
  listen,
  type Logger,
  openServer,
  type Service,
} from '@artdag/service-kit';
import express from 'express';
import { composeFront } from './compose.ts';
import type { Config } from './config.ts';
import { createChallenge } from './edge/challenge.ts';
import { answerClientErrors } from './edge/client-error.ts';
import { createContinues } from './edge/continue.ts';
import { createObserver } from './edge/observe.ts';
import type { BodyLimits } from './msign/held-bodies.ts';
import { createUpstreams } from './proxy/upstreams.ts';
import { type Route, routeTable } from './route-table.ts';

export { type Config, loadConfig } from './config.ts';

export interface Overrides {
  logger?: Logger;
  now?: () => Date;
  /** An HTTP server that listens already. */
  server?: Server;
  /** Shared by all replicas: what has been taken back, and what the rate limits count. */
  store?: KeyValueStore;
  /** Instead of looking into the store. */
  revocations?: RevocationReader;
  /** Instead of some of the limits of signed requests' bodies. */
  bodyLimits?: Partial<BodyLimits>;
  /** Instead of one to three seconds: how long a service may take to answer what the gateway itself asks. */
  askTimeoutMs?: number;
  /** Instead of the route table. */
  routes?: readonly Route[];
}

/** The gateway: the one public origin in front of all services. */
export function createService(config: Config, overrides: Overrides = {}): Service {
  const logger = overrides.logger ?? createLogger({ service: 'gateway', level: config.logLevel });
  const now = overrides.now ?? (() => new Date());
  const metrics = createMetrics({ processMetrics: overrides.server === undefined });
  const health = createHealth();
  const signer = createSigner(config, logger, now);
  const timeouts = { connectMs: config.connectTimeoutMs, answerMs: config.upstreamTimeoutMs };
  const upstreams = createUpstreams(config.upstreams, timeouts);
  const continues = createContinues();
  const observer = createObserver({ logger, metrics, service: 'gateway' });
  const routes = overrides.routes ?? routeTable;
  const store = overrides.store ?? createRedisStore(redisOptions(config, logger));
  const challenge = createChallenge(config.msignRealm);
  const { revocations, bodyLimits, askTimeoutMs } = overrides;
  const own = { logger, metrics, health, observer, signer, upstreams, continues, challenge, store };
  const parts = { config, routes, ...own, revocations, bodyLimits, askTimeoutMs, now };
  const { listener: front, credentials, limits } = composeFront(parts);

  let http: HttpServer | undefined;
  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    health.setDraining();
    await http?.close(config.shutdownGraceMs);
    await credentials.close();
    await limits.close();
    if (overrides.store === undefined) await store.close();
    await signer.stop();
    await upstreams.close();
    observer.flush();
  };
  return {
    name: 'gateway',
    app: express()
      .disable('x-powered-by')
      .use((request, response) => front(request, response)),
    async start() {
      await Promise.all([signer.start(), credentials.open()]);
      const { host, port } = config;
      const server = overrides.server ?? (await openServer({ host, port }));
      http = await listen(front, { host, port, server });
      continues.attach(server, front);
      answerClientErrors(server, logger, challenge);
      logger.info('listening', { url: http.url });
      return { port: http.port, url: http.url };
    },
    close: () => (closing ??= close()),
  };
}

function createSigner(config: Config, logger: Logger, now: () => Date): AssertionSigner {
  const { upstreams, serviceKey } = config;
  return createAssertionSigner({ service: 'gateway', serviceKey, authUrl: upstreams.auth, logger, now });
}
