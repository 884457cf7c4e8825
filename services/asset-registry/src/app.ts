import { attachActor, requireActor, requireScope, type AssertionVerifier } from '@artdag/actor-context';
import { createHttpApp, version, type Health, type Logger, type Metrics } from '@artdag/service-kit';
import type { Express } from 'express';
import type { ActivityFinder } from './activities/get-activity.ts';
import { getActivityRoute } from './activities/get-activity.route.ts';
import type { ActivityLister } from './activities/list-activities.ts';
import { listActivitiesRoute } from './activities/list-activities.route.ts';
import type { AssetFinder } from './assets/get-asset.ts';
import { getAssetRoute } from './assets/get-asset.route.ts';
import type { AssetLister } from './assets/list-assets.ts';
import { listAssetsRoute } from './assets/list-assets.route.ts';
import { registerAssetRoute, type RegisterAssetRouteDeps } from './assets/register-asset.route.ts';
import type { Config } from './config.ts';
import type { FirstClaimFinder } from './objects/get-object.ts';
import { getObjectRoute } from './objects/get-object.route.ts';

export interface AppDeps extends RegisterAssetRouteDeps {
  config: Config;
  logger: Logger;
  metrics: Metrics;
  health: Health;
  verifier: AssertionVerifier;
  assets: AssetFinder;
  assetList: AssetLister;
  activities: ActivityFinder & ActivityLister;
  objects: FirstClaimFinder;
}

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
    routes: (app) => {
      const actor = attachActor(deps.verifier);
      app.post('/assets', actor, requireActor(), requireScope('assets:create'), registerAssetRoute(deps));
      app.get('/assets', actor, listAssetsRoute(deps));
      app.get('/assets/:name', actor, getAssetRoute(deps));
      app.get('/objects/:hash', actor, getObjectRoute(deps));
      app.get('/activities', actor, listActivitiesRoute(deps));
      app.get('/activities/:ref', actor, getActivityRoute(deps));
    },
  });
}
