import { attachActor, requireService, type AssertionVerifier } from '@artdag/actor-context';
import { createHttpApp, version, type Health, type Logger, type Metrics } from '@artdag/service-kit';
import type { Express } from 'express';
import type { LoginDeps } from './accounts/login.ts';
import { loginRoute } from './accounts/login.route.ts';
import type { RegisterDeps } from './accounts/register.ts';
import { registerRoute } from './accounts/register.route.ts';
import { createActorRoute } from './actors/create-actor.route.ts';
import { getActorRoute } from './actors/get-actor.route.ts';
import { adminRoutes, type AdminDeps } from './admin/admin-routes.ts';
import { internalJwksRoute } from './assertion-keys/internal-jwks.route.ts';
import {
  registerAssertionKeyRoute,
  type RegisterAssertionKeyRouteDeps,
} from './assertion-keys/register-assertion-key.route.ts';
import type { Config } from './config.ts';
import { createOrgRoute } from './orgs/create-org.route.ts';
import { introspectRoute } from './sessions/introspect.route.ts';
import { meRoute, type MeDeps } from './sessions/me.route.ts';
import { jwksRoute } from './tokens/jwks.route.ts';
import type { KeyRing } from './tokens/key-ring.ts';

export interface AppDeps extends RegisterDeps, LoginDeps, MeDeps, RegisterAssertionKeyRouteDeps, AdminDeps {
  config: Config;
  logger: Logger;
  metrics: Metrics;
  health: Health;
  verifier: AssertionVerifier;
  ring: KeyRing;
}

const bodyLimitBytes = 16 * 1024;

export function createApp(deps: AppDeps): Express {
  const { config, logger, metrics, health } = deps;
  const { metricsAllowCidrs, trustedProxies } = config;
  return createHttpApp({
    service: 'auth',
    version,
    logger,
    metrics,
    health,
    metricsAllowCidrs,
    trustedProxies,
    bodyLimitBytes,
    routes: (app) => {
      const attach = attachActor(deps.verifier);
      app.post('/auth/register', registerRoute(deps));
      app.post('/auth/login', loginRoute(deps));
      app.get('/auth/me', attach, meRoute(deps));
      app.get('/.well-known/jwks.json', jwksRoute(deps));

      app.post('/internal/auth/assertion-keys', registerAssertionKeyRoute(deps));
      app.get('/internal/auth/jwks', internalJwksRoute(deps));
      app.post('/internal/auth/introspect', attach, requireService('gateway'), introspectRoute(deps));
      const readers = requireService('identity', 'federation', 'l1-bridge', 'gateway');
      app.get('/internal/actors/:actorId', attach, readers, getActorRoute(deps));
      app.post('/internal/actors', attach, requireService('identity'), createActorRoute(deps));
      app.post('/internal/orgs', attach, requireService('identity'), createOrgRoute(deps));
      app.use('/internal/admin', attach, adminRoutes(deps));
    },
  });
}
