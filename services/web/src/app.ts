import { createHttpApp, version, type Health, type Logger, type Metrics } from '@artdag/service-kit';
import type { Express, RequestHandler } from 'express';
import { apiKeys } from './account/api-keys/api-keys.ts';
import type { AccountDeps } from './account/ask-account.ts';
import { deletedRoute, deletionForm } from './account/deletion/deletion.route.ts';
import { followingForm } from './account/following/following.route.ts';
import { loginRoute, showLoginRoute } from './account/login.route.ts';
import { logoutRoute, showLogoutRoute } from './account/logout.route.ts';
import { madePath, madeRoute, mintingForm, revokeForm, type MintingDeps } from './account/minting/minting.route.ts';
import { createShownOnce } from './account/minting/shown-once.ts';
import { organisationsForm } from './account/organisations/organisations.route.ts';
import type { FormPage } from './account/own-form.route.ts';
import { passwordForm } from './account/password/password.route.ts';
import { profileForm } from './account/profile/profile.route.ts';
import { publicKeysRoute, revokePublicKeyForm } from './account/public-keys/public-keys.route.ts';
import { registerRoute, showRegisterRoute } from './account/register.route.ts';
import { endOtherSessionsForm, endSessionForm, sessionsRoute } from './account/sessions/sessions.route.ts';
import { tokens } from './account/tokens/tokens.ts';
import { activitiesRoute } from './activities/activities.route.ts';
import { activityRoute } from './activities/activity.route.ts';
import { anchorsRoute } from './anchors/anchors.route.ts';
import { anchorNowRoute, showManageAnchorsRoute } from './anchors/manage-anchors.route.ts';
import { assetRoute } from './assets/asset.route.ts';
import { assetsRoute } from './assets/assets.route.ts';
import { claimRoute, showClaimRoute } from './claim/claim.route.ts';
import type { Config } from './config.ts';
import { clientRoute } from './download/client.route.ts';
import { docsRoute, operationRoute } from './docs/docs.routes.ts';
import { createReadDescription } from './docs/remembered-description.ts';
import { errorPage, methodNotAllowedRoute, notFoundRoute } from './errors/error.route.ts';
import type { Gateway } from './gateway/gateway.ts';
import { createReadApi, createTryRead } from './gateway/read-api.ts';
import { homeRoute } from './home/home.route.ts';
import { loadReadme } from './home/readme.ts';
import { htmlOnly } from './html/html-only.ts';
import { createSendPage } from './html/page.ts';
import { securityPolicy } from './html/security-policy.ts';
import { objectRoute } from './objects/object.route.ts';
import { renderersRoute } from './renderers/renderers.route.ts';
import { loadStaticFiles } from './static/static-files.ts';
import { staticRoute } from './static/static.route.ts';
import { addProviderForm } from './storage/add-provider.route.ts';
import { editProviderForm } from './storage/edit-provider.route.ts';
import { providerDeedRoute, removeProviderForm } from './storage/provider-deed.route.ts';
import { storageRoute } from './storage/storage.route.ts';
import { userRoute } from './users/user.route.ts';
import { usersRoute } from './users/users.route.ts';
import { createVisitorOf } from './visitor/visitor.ts';

export interface AppDeps {
  config: Config;
  logger: Logger;
  metrics: Metrics;
  health: Health;
  gateway: Gateway;
}

export function createApp({ config, logger, metrics, health, gateway }: AppDeps): Express {
  const { publicUrl, publicScheme, publicOrigins, metricsAllowCidrs, trustedProxies } = config;
  const files = loadStaticFiles();
  const visitorOf = createVisitorOf({ gateway, logger });
  const sendPage = createSendPage({ visitorOf, files, publicScheme });
  const readApi = createReadApi({ gateway });
  const tryRead = createTryRead({ readApi, logger });
  const pages = { readApi, tryRead, visitorOf, sendPage };
  const account: AccountDeps = { gateway, visitorOf, sendPage, publicOrigins, logger };
  const shownOnce = createShownOnce({ serviceKey: config.serviceKey, publicScheme });
  const own = { ...pages, ...account, publicUrl, shownOnce };
  const forms = formPages(own);
  const accountPages = readOnlyAccountPages(own);
  const docs = { publicUrl, script: files.tryIt, readDescription: createReadDescription(pages), ...pages };
  const claiming = { ...account, files };
  return createHttpApp({
    service: 'web',
    version,
    logger,
    metrics,
    health,
    metricsAllowCidrs,
    trustedProxies,
    parseJson: false,
    errorPages: true,
    helmet: securityPolicy(publicScheme),
    routes: (app) => {
      app.get('/static/:file', staticRoute(files));
      app.get('/', homeRoute({ publicUrl, readme: loadReadme(), ...pages }));
      app.get('/assets', assetsRoute(pages));
      app.get('/asset/:name', htmlOnly);
      app.get(['/asset/:name', '/assets/:name'], assetRoute({ publicScheme, ...pages }));
      app.get('/objects/:hash', objectRoute(pages));
      app.get('/activities', activitiesRoute(pages));
      app.get('/activity/:ref', htmlOnly);
      app.get(['/activity/:ref', '/activities/:ref'], activityRoute(pages));
      app.get('/users', usersRoute(pages));
      app.get('/users/:username', userRoute(pages));
      app.get('/anchors', anchorsRoute(pages));
      app.get('/anchors/ui', showManageAnchorsRoute(own)).post('/anchors/ui', anchorNowRoute(own));
      app.get(['/docs', '/docs/:operation'], htmlOnly);
      app.get('/docs', docsRoute(docs)).get('/docs/:operation', operationRoute(docs));
      app.get('/claim', showClaimRoute(claiming)).post('/claim', claimRoute(claiming));
      app.get('/storage', storageRoute(pages));
      app.post('/storage/ui', providerDeedRoute(own));
      app.get('/renderers', renderersRoute(pages));
      app.get('/login', showLoginRoute(account)).post('/login', loginRoute(account));
      app.get('/register', showRegisterRoute(account)).post('/register', registerRoute(account));
      app.get('/logout', showLogoutRoute(account)).post('/logout', logoutRoute(account));
      for (const [path, show] of Object.entries(accountPages)) app.get(path, show);
      for (const [path, { show, send }] of Object.entries(forms)) app.get(path, show).post(path, send);
      app.get('/download/client', clientRoute(config.clientArchive));
      app.all([...withForms, ...Object.keys(forms)], methodNotAllowedRoute(sendPage, 'GET, HEAD, POST'));
      app.all([...readOnly, ...Object.keys(accountPages)], methodNotAllowedRoute(sendPage, 'GET, HEAD'));
      app.use(notFoundRoute(sendPage));
      app.use(errorPage(sendPage, logger));
    },
  });
}

/** By their paths: what is only looked at. */
function readOnlyAccountPages(own: MintingDeps & { publicUrl: string }): Record<string, RequestHandler> {
  return {
    '/account/sessions': sessionsRoute(own),
    '/account/keys': publicKeysRoute(own),
    [madePath(apiKeys)]: madeRoute(own, apiKeys),
    [madePath(tokens)]: madeRoute(own, tokens),
    '/account/deleted': deletedRoute(own),
  };
}

/** By their paths. */
function formPages(own: MintingDeps & { publicUrl: string }): Record<string, FormPage> {
  return {
    '/account': profileForm(own),
    '/account/password': passwordForm(own),
    '/account/sessions/end': endSessionForm(own),
    '/account/sessions/end-others': endOtherSessionsForm(own),
    '/account/api-keys': mintingForm(own, apiKeys),
    '/account/api-keys/revoke': revokeForm(own, apiKeys),
    '/account/tokens': mintingForm(own, tokens),
    '/account/tokens/revoke': revokeForm(own, tokens),
    '/account/keys/revoke': revokePublicKeyForm(own),
    '/account/following': followingForm(own),
    '/account/organisations': organisationsForm(own),
    '/account/delete': deletionForm(own),
    '/storage/ui/add': addProviderForm(own),
    '/storage/ui/edit': editProviderForm(own),
    '/storage/ui/remove': removeProviderForm(own),
  };
}

const withForms = ['/login', '/register', '/logout', '/anchors/ui', '/claim'];
const readOnly = [
  ...['/', '/assets', '/assets/:name', '/asset/:name', '/objects/:hash', '/users', '/users/:username'],
  ...['/activities', '/activities/:ref', '/activity/:ref', '/anchors', '/storage', '/renderers', '/download/client'],
  ...['/docs', '/docs/:operation'],
];
