import { createHttpApp, version, type Health, type Logger, type Metrics } from '@artdag/service-kit';
import type { Express } from 'express';
import type { AccountDeps } from './account/ask-account.ts';
import { loginRoute, showLoginRoute } from './account/login.route.ts';
import { logoutRoute, showLogoutRoute } from './account/logout.route.ts';
import { registerRoute, showRegisterRoute } from './account/register.route.ts';
import type { Config } from './config.ts';
import { errorPage, methodNotAllowedRoute, notFoundRoute } from './errors/error.route.ts';
import type { Gateway } from './gateway/gateway.ts';
import { homeRoute } from './home/home.route.ts';
import { createSendPage } from './html/page.ts';
import { securityPolicy } from './html/security-policy.ts';
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
  const visitorOf = createVisitorOf({ gateway, logger });
  const sendPage = createSendPage(visitorOf);
  const account: AccountDeps = { gateway, visitorOf, sendPage, publicOrigins, logger };
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
      app.get('/', homeRoute({ publicUrl, gateway, visitorOf, sendPage, logger }));
      app.all('/', methodNotAllowedRoute(sendPage, 'GET, HEAD'));
      app.get('/login', showLoginRoute(account)).post('/login', loginRoute(account));
      app.get('/register', showRegisterRoute(account)).post('/register', registerRoute(account));
      app.get('/logout', showLogoutRoute(account)).post('/logout', logoutRoute(account));
      app.all(['/login', '/register', '/logout'], methodNotAllowedRoute(sendPage, 'GET, HEAD, POST'));
      app.use(notFoundRoute(sendPage));
      app.use(errorPage(sendPage, logger));
    },
  });
}
