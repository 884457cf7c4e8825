import { attachActor, type AssertionVerifier } from '@artdag/actor-context';
import { createHttpApp, version, type Health, type Logger, type Metrics } from '@artdag/service-kit';
import type { Express } from 'express';
import type { Config } from './config.ts';
import type { Part } from './part.ts';

export interface AppDeps {
  config: Config;
  logger: Logger;
  metrics: Metrics;
  health: Health;
  verifier: AssertionVerifier;
  parts: readonly Part[];
}

/** A hundred items of 16 KiB. */
const bodyLimitBytes = 2 * 1024 * 1024;

export function createApp(deps: AppDeps): Express {
  const { config, logger, metrics, health } = deps;
  const { metricsAllowCidrs, trustedProxies } = config;
  return createHttpApp({
    service: 'identity',
    version,
    logger,
    metrics,
    health,
    metricsAllowCidrs,
    trustedProxies,
    bodyLimitBytes,
    routes: (app) => {
      app.use('/internal', attachActor(deps.verifier));
      for (const part of deps.parts) part.routes?.(app);
    },
  });
}
