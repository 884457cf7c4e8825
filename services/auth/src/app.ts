import { attachActor, requireService, type AssertionVerifier } from '@artdag/actor-context';
import { createHttpApp, version, type Health, type Logger, type Metrics } from '@artdag/service-kit';
import type { Express } from 'express';
import type { ChangePasswordDeps } from './accounts/change-password.ts';
import { changePasswordRoute } from './accounts/change-password.route.ts';
import { deleteMeRoute, type DeleteMeDeps } from './accounts/delete-me.route.ts';
import { loginRoute, type LoginRouteDeps } from './accounts/login.route.ts';
import type { RegisterDeps } from './accounts/register.ts';
import { registerRoute } from './accounts/register.route.ts';
import { updateMeRoute, type UpdateMeRouteDeps } from './accounts/update-me.route.ts';
import { endActorRoute, renameActorRoute } from './actors/change-actor.route.ts';
import { createActorRoute } from './actors/create-actor.route.ts';
import { getActorRoute } from './actors/get-actor.route.ts';
import { adminRoutes, type AdminDeps } from './admin/admin-routes.ts';
import { createApiKeyRoute, type CreateApiKeyRouteDeps } from './api-keys/create-api-key.route.ts';
import type { DeleteApiKeyDeps } from './api-keys/delete-api-key.ts';
import { deleteApiKeyRoute } from './api-keys/delete-api-key.route.ts';
import { listApiKeysRoute, type ListApiKeysDeps } from './api-keys/list-api-keys.route.ts';
import { listApiTokensRoute, type ListApiTokensDeps } from './api-tokens/list-api-tokens.route.ts';
import { mintApiTokenRoute, type MintApiTokenRouteDeps } from './api-tokens/mint-api-token.route.ts';
import type { RevokeApiTokenDeps } from './api-tokens/revoke-api-token.ts';
import { revokeApiTokenRoute } from './api-tokens/revoke-api-token.route.ts';
import { internalJwksRoute } from './assertion-keys/internal-jwks.route.ts';
import {
  registerAssertionKeyRoute,
  type RegisterAssertionKeyRouteDeps,
} from './assertion-keys/register-assertion-key.route.ts';
import type { Config } from './config.ts';
import type { IntrospectDeps } from './introspection/introspect.ts';
import { introspectRoute } from './introspection/introspect.route.ts';
import { publicIntrospectRoute } from './introspection/public-introspect.route.ts';
import type { ResolveTokenDeps } from './introspection/resolve-token.ts';
import { usedRoute } from './introspection/used.route.ts';
import type { EndL1TokensDeps } from './l1-tokens/end-l1-tokens.ts';
import { findL1TokenRoute, type FindL1TokenDeps } from './l1-tokens/find-l1-token.route.ts';
import { l1HoldersRoute, type L1HoldersDeps } from './l1-tokens/l1-holders.route.ts';
import { endL1TokensRoute } from './l1-tokens/end-l1-tokens.route.ts';
import type { MintL1TokenDeps } from './l1-tokens/mint-l1-token.ts';
import { mintL1TokenRoute } from './l1-tokens/mint-l1-token.route.ts';
import { createOrgRoute } from './orgs/create-org.route.ts';
import { getMemberRoute } from './orgs/get-member.route.ts';
import type { RefreshDeps } from './refresh/refresh.ts';
import { refreshRoute } from './refresh/refresh.route.ts';
import { endOneSessionRoute, endOtherSessionsRoute, type EndSessionsRouteDeps } from './sessions/end-sessions.route.ts';
import { formType, takeFormsAt } from './sessions/form-body.ts';
import { getSessionRoute } from './sessions/get-session.route.ts';
import { listSessionsRoute, type ListSessionsDeps } from './sessions/list-sessions.route.ts';
import { browserLogoutRoute, logoutRoute, type LogoutRouteDeps } from './sessions/logout.route.ts';
import { meRoute, type MeDeps } from './sessions/me.route.ts';
import { revokeRoute, type RevokeDeps } from './revocation/revoke.route.ts';
import { statusRoute, type StatusDeps } from './revocation/status.route.ts';
import { jwksRoute } from './tokens/jwks.route.ts';
import type { KeyRing } from './tokens/key-ring.ts';

export type AppDeps = RegisterDeps &
  StatusDeps &
  RevokeDeps &
  LoginRouteDeps &
  ChangePasswordDeps &
  UpdateMeRouteDeps &
  DeleteMeDeps &
  LogoutRouteDeps &
  ListSessionsDeps &
  EndSessionsRouteDeps &
  IntrospectDeps &
  ResolveTokenDeps &
  CreateApiKeyRouteDeps &
  ListApiKeysDeps &
  DeleteApiKeyDeps &
  MintApiTokenRouteDeps &
  ListApiTokensDeps &
  RevokeApiTokenDeps &
  MintL1TokenDeps &
  EndL1TokensDeps &
  L1HoldersDeps &
  FindL1TokenDeps &
  RefreshDeps &
  MeDeps &
  RegisterAssertionKeyRouteDeps &
  AdminDeps & {
    config: Config;
    logger: Logger;
    metrics: Metrics;
    health: Health;
    verifier: AssertionVerifier;
    ring: KeyRing;
  };

// A question about a thousand ids is the longest.
const bodyLimitBytes = 64 * 1024;

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
    rawTypes: [formType],
    routes: (app) => {
      const attach = attachActor(deps.verifier);
      // First, as it is called for every page: each route that a request has to be compared with costs.
      app.get('/auth/me', attach, meRoute(deps));
      app.use(takeFormsAt('/auth/login', '/auth/logout', '/auth/refresh', '/auth/introspect'));
      app.post('/auth/register', registerRoute(deps));
      app.post('/auth/login', loginRoute(deps));
      // These two take raw credentials: one that a logout has ended is good for a second logout. A signed request has none to give, the
      // gateway says whose it is.
      app.post('/auth/logout', attach, logoutRoute(deps));
      app.get('/auth/logout', browserLogoutRoute(deps));
      app.patch('/auth/me', attach, updateMeRoute(deps));
      app.delete('/auth/me', attach, deleteMeRoute(deps));
      app.post('/auth/password', attach, changePasswordRoute(deps));
      app.get('/auth/sessions', attach, listSessionsRoute(deps));
      app.delete('/auth/sessions', attach, endOtherSessionsRoute(deps));
      app.delete('/auth/sessions/:id', attach, endOneSessionRoute(deps));
      app.post('/auth/refresh', refreshRoute(deps));
      app.post('/auth/introspect', attach, publicIntrospectRoute(deps));
      app.post('/auth/api-keys', attach, createApiKeyRoute(deps));
      app.get('/auth/api-keys', attach, listApiKeysRoute(deps));
      app.delete('/auth/api-keys/:keyId', attach, deleteApiKeyRoute(deps));
      app.post('/v1/tokens', attach, mintApiTokenRoute(deps));
      app.get('/v1/tokens', attach, listApiTokensRoute(deps));
      app.delete('/v1/tokens/:id', attach, revokeApiTokenRoute(deps));
      app.get('/.well-known/jwks.json', jwksRoute({ ...deps, keyPublishMs: config.keyPublishMs }));

      app.post('/internal/auth/assertion-keys', registerAssertionKeyRoute(deps));
      app.get('/internal/auth/jwks', internalJwksRoute(deps));
      app.post('/internal/auth/introspect', attach, requireService('gateway'), introspectRoute(deps));
      app.post('/internal/auth/used', attach, requireService('gateway'), usedRoute(deps));
      const readers = requireService('identity', 'federation', 'l1-bridge', 'gateway');
      const askers = requireService('gateway', 'l1-bridge', 'identity');
      app.post('/internal/auth/tokens/status', attach, askers, statusRoute(deps));
      app.post('/internal/auth/tokens/revoke', attach, requireService('identity', 'l1-bridge'), revokeRoute(deps));
      app.post('/internal/auth/tokens/l1', attach, requireService('l1-bridge'), mintL1TokenRoute(deps));
      app.post('/internal/auth/tokens/l1/revoke', attach, requireService('l1-bridge'), endL1TokensRoute(deps));
      app.post('/internal/auth/tokens/l1/find', attach, requireService('l1-bridge'), findL1TokenRoute(deps));
      app.post('/internal/auth/tokens/l1/holders', attach, requireService('l1-bridge'), l1HoldersRoute(deps));
      app.get('/internal/actors/:actorId', attach, readers, getActorRoute(deps));
      const identity = requireService('identity');
      app.post('/internal/actors', attach, identity, createActorRoute(deps));
      app.post('/internal/actors/:actorId/end', attach, identity, endActorRoute(deps));
      app.patch('/internal/actors/:actorId', attach, identity, renameActorRoute(deps));
      app.get('/internal/sessions/:id', attach, identity, getSessionRoute(deps));
      app.post('/internal/orgs', attach, identity, createOrgRoute(deps));
      app.get('/internal/orgs/:id/members/:actorId', attach, identity, getMemberRoute(deps));
      app.use('/internal/admin', attach, adminRoutes(deps));
    },
  });
}
