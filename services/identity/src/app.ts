import { attachActor, requireService, type AssertionVerifier } from '@artdag/actor-context';
import { createHttpApp, version, type Health, type Logger, type Metrics } from '@artdag/service-kit';
import type { Express } from 'express';
import { getActorKeysRoute } from './actor-keys/get-actor-keys.route.ts';
import type { GetActorKeysDeps } from './actor-keys/get-actor-keys.ts';
import type { Config } from './config.ts';
import type { Part } from './part.ts';
import type { SignBatchDeps } from './signing/sign-batch.ts';
import { signRoute } from './signing/sign.route.ts';

export interface AppDeps extends GetActorKeysDeps, SignBatchDeps {
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
  const signers = requireService('asset-registry', 'federation', 'l1-bridge');
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
      app.post('/internal/sign', signers, signRoute(deps));
      app.get('/internal/identity/actor-keys/:actorId', signers, getActorKeysRoute(deps));
    },
  });
}
