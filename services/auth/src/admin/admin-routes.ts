import { Router } from 'express';
import {
  adminCreateActorRoute,
  changeActorRoute,
  setSysadminRoute,
  showActorRoute,
  type AdminActorDeps,
} from './actor.routes.ts';
import { requireAdmin, type AuthenticateAdminDeps } from './authenticate-admin.ts';
import { adminCreateApiKeyRoute, adminMintTokenRoute, type AdminCredentialDeps } from './credential.routes.ts';
import { listKeysRoute, retireKeyRoute, rotateKeyRoute, type AdminKeyDeps } from './key.routes.ts';
import { noteRoute } from './note.route.ts';
import { adminCreateOrgRoute, listOrgsRoute, memberRoute, type AdminOrgDeps } from './org.routes.ts';
import { pruneRoute, type PruneDeps } from './prune.route.ts';

export type AdminDeps = AuthenticateAdminDeps &
  AdminActorDeps &
  AdminOrgDeps &
  AdminKeyDeps &
  AdminCredentialDeps &
  PruneDeps;

/** What `artdag-admin` calls, under `/internal/admin`. Every call is written to the audit log. */
export function adminRoutes(deps: AdminDeps): Router {
  const routes = Router({ caseSensitive: true });
  routes.use(requireAdmin(deps));
  routes.get('/actors/:ref', showActorRoute(deps));
  routes.post('/actors', adminCreateActorRoute(deps));
  for (const change of ['disable', 'enable', 'delete'] as const) {
    routes.post(`/actors/:ref/${change}`, changeActorRoute(deps, change));
  }
  routes.post('/actors/:ref/sysadmin/grant', setSysadminRoute(deps, true));
  routes.post('/actors/:ref/sysadmin/revoke', setSysadminRoute(deps, false));
  routes.get('/orgs', listOrgsRoute(deps));
  routes.post('/orgs', adminCreateOrgRoute(deps));
  for (const change of ['add', 'set-role', 'remove'] as const) {
    routes.post(`/orgs/:ref/members/${change}`, memberRoute(deps, change));
  }
  routes.get('/keys', listKeysRoute(deps));
  routes.post('/keys/rotate', rotateKeyRoute(deps));
  routes.post('/keys/:kid/retire', retireKeyRoute(deps));
  routes.post('/tokens', adminMintTokenRoute(deps));
  routes.post('/api-keys', adminCreateApiKeyRoute(deps));
  routes.post('/prune', pruneRoute(deps));
  routes.post('/notes', noteRoute(deps));
  return routes;
}
