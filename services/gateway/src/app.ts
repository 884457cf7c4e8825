import type { Express } from 'express';
import { createHttpApp, type Health, type Logger, type Metrics, version } from '@artdag/service-kit';
import { toLogin } from './edge/log-in-first.ts';
import type { Refusals } from './edge/own-app.ts';
import { openApiRoute } from './info/openapi.route.ts';
import { serverInfoRoute } from './info/server-info.route.ts';
import type { ServerInfo } from './info/server-info.ts';

export interface AppDeps {
  logger: Logger;
  metrics: Metrics;
  health: Health;
  metricsAllowCidrs: string[];
  refusals: Refusals;
  serverInfo: () => Promise<ServerInfo>;
}

/** What the gateway answers itself. What services answer is in route-table.ts and never comes here. */
export function createApp({ logger, metrics, health, metricsAllowCidrs, refusals, serverInfo }: AppDeps): Express {
  return createHttpApp({
    service: 'gateway',
    version,
    logger,
    metrics,
    health,
    metricsAllowCidrs,
    parseJson: false,
    errorPages: true,
    routes: (app) => {
      app.use(refusals.middleware, toLogin);
      app.get('/', serverInfoRoute(serverInfo));
      app.get('/openapi.json', openApiRoute());
    },
  });
}
