import { createHttpApp, version, type Health, type Logger, type Metrics } from '@artdag/service-kit';
import type { Express } from 'express';
import type { Config } from './config.ts';
import { notFoundRoute, readOnlyRoute } from './errors/error.route.ts';
import { homeRoute } from './home/home.route.ts';
import type { ReadServerInfo } from './home/server-info.ts';
import { securityPolicy } from './html/security-policy.ts';

export interface AppDeps {
  config: Config;
  logger: Logger;
  metrics: Metrics;
  health: Health;
  readServerInfo: ReadServerInfo;
}

export function createApp({ config, logger, metrics, health, readServerInfo }: AppDeps): Express {
  const { publicUrl, publicScheme, metricsAllowCidrs, trustedProxies } = config;
  return createHttpApp({
    service: 'web',
    version,
    logger,
    metrics,
    health,
    metricsAllowCidrs,
    trustedProxies,
    parseJson: false,
    helmet: securityPolicy(publicScheme),
    routes: (app) => {
      app.get('/', homeRoute({ publicUrl, readServerInfo, logger }));
      app.all('/', readOnlyRoute());
      app.use(notFoundRoute());
    },
  });
}
