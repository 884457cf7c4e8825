import { attachActor, requireActor, requireScope, requireService, type AssertionVerifier } from '@artdag/actor-context';
import { AppError, createHttpApp, version, type Health, type Logger, type Metrics } from '@artdag/service-kit';
import type { Express, RequestHandler } from 'express';
import type { Config } from './config.ts';
import { listL1ServersRoute } from './l1-servers/list-l1-servers.route.ts';
import { operatingRoutes } from './operating/operating-routes.ts';
import type { OperateDeps } from './operating/operate.ts';
import { revocationRoutes, type RevocationRoutesDeps } from './operating/revocation-routes.ts';
import { attachRoute } from './renderers/attach.route.ts';
import type { AttachDeps } from './renderers/attach.ts';
import { backToPage } from './renderers/back-to-page.ts';
import { detachRoute } from './renderers/detach.route.ts';
import type { DetachDeps } from './renderers/detach.ts';
import { formType, isForm } from './renderers/l1-server-body.ts';
import { listRenderersRoute } from './renderers/list-renderers.route.ts';
import type { ListRenderersDeps } from './renderers/list-renderers.ts';
import { revokeRoute, type RevokeRouteDeps } from './revoking/revoke.route.ts';
import { fetchRunRoute } from './runs/fetch-run.route.ts';
import type { FetchRunDeps } from './runs/fetch-run.ts';
import { verifyRoute, type VerifyRouteDeps } from './verifying/verify.route.ts';

export interface AppDeps {
  config: Config;
  logger: Logger;
  metrics: Metrics;
  health: Health;
  verifier: AssertionVerifier;
  attaching: AttachDeps & DetachDeps & ListRenderersDeps & Parameters<typeof listL1ServersRoute>[0];
  verifying: VerifyRouteDeps;
  revoking: RevokeRouteDeps;
  operating: OperateDeps & RevocationRoutesDeps;
  runs: FetchRunDeps;
}

const bodyLimitBytes = 32 * 1024;

export function createApp(deps: AppDeps): Express {
  const { attaching } = deps;
  const { metricsAllowCidrs, trustedProxies } = deps.config;
  return createHttpApp({
    ...deps,
    service: 'l1-bridge',
    errorPages: true,
    version,
    metricsAllowCidrs,
    trustedProxies,
    bodyLimitBytes,
    rawTypes: [formType],
    routes: (app) => {
      // First, as every request to an L1 may lead to it, and without an assertion: an L1 has a token.
      app.post('/auth/verify', refuseForms, verifyRoute(deps.verifying));
      app.use(attachActor(deps.verifier));
      app.post('/auth/revoke', refuseForms, revokeRoute(deps.revoking));
      app.get('/renderers', requireActor(), listRenderersRoute(attaching));
      const mayAttach = [requireActor(), requireScope('l1:attach')];
      app.post('/renderers/attach', ...mayAttach, attachRoute(attaching));
      app.post('/renderers/detach', ...mayAttach, detachRoute(attaching));
      app.use(['/renderers/attach', '/renderers/detach'], backToPage);
      app.get('/internal/l1/servers', requireService('gateway'), listL1ServersRoute(attaching));
      app.post('/internal/l1/runs/fetch', requireService('asset-registry'), fetchRunRoute(deps.runs));
      const { operating } = deps;
      app.use('/internal/admin/l1', requireService('admin'), operatingRoutes(operating), revocationRoutes(operating));
    },
  });
}

const refuseForms: RequestHandler = (req, _res, next) => {
  const message = 'This route takes JSON: send Content-Type: application/json.';
  next(isForm(req) ? new AppError('unsupported_media_type', 415, message) : undefined);
};
