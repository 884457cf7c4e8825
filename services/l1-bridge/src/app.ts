import { attachActor, requireActor, requireService, type AssertionVerifier } from '@artdag/actor-context';
import { createHttpApp, version, type Health, type Logger, type Metrics } from '@artdag/service-kit';
import type { Express } from 'express';
import type { Config } from './config.ts';
import { listL1ServersRoute } from './l1-servers/list-l1-servers.route.ts';
import { listRenderersRoute } from './renderers/list-renderers.route.ts';
import type { RendererRepository } from './renderers/renderer.repository.ts';

export interface AppDeps {
  config: Config;
  logger: Logger;
  metrics: Metrics;
  health: Health;
  verifier: AssertionVerifier;
  renderers: RendererRepository;
}

export function createApp({ config, logger, metrics, health, verifier, renderers }: AppDeps): Express {
  const { l1Servers, metricsAllowCidrs, trustedProxies } = config;
  return createHttpApp({
    service: 'l1-bridge',
    version,
    logger,
    metrics,
    health,
    metricsAllowCidrs,
    trustedProxies,
    routes: (app) => {
      app.use(attachActor(verifier));
      app.get('/renderers', requireActor(), listRenderersRoute({ renderers, l1Servers }));
      app.get('/internal/l1/servers', requireService('gateway'), listL1ServersRoute({ l1Servers }));
    },
  });
}
