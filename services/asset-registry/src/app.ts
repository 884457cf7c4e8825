import { createHttpApp, version, type Health, type Logger, type Metrics } from '@artdag/service-kit';
import type { Express, RequestHandler } from 'express';
import type { Config } from './config.ts';
import type { Part } from './part.ts';

export interface AppDeps {
  config: Config;
  logger: Logger;
  metrics: Metrics;
  health: Health;
  attach: RequestHandler;
  parts: readonly Part[];
}

/** Each part's `compose.ts` has its routes, one line per route. */
export function createApp(deps: AppDeps): Express {
  const { config, logger, metrics, health } = deps;
  const { metricsAllowCidrs, trustedProxies } = config;
  return createHttpApp({
    service: 'asset-registry',
    version,
    logger,
    metrics,
    health,
    metricsAllowCidrs,
    trustedProxies,
    // It may be far larger than what is held in memory.
    rawPaths: ['/assets/batch'],
    routes: (app) => {
      app.use('/internal', deps.attach);
      for (const part of deps.parts) part.routes?.(app);
    },
  });
}
