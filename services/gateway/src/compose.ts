import type { RequestListener } from 'node:http';
import { type AssertionSigner, createAssertionVerifier } from '@artdag/actor-context';
import type { KeyValueStore } from '@artdag/key-value';
import { createWindowLimiter } from '@artdag/rate-limit';
import type { RevocationReader } from '@artdag/revocation';
import { createCidrMatcher, type Health, type Logger, type Metrics, version } from '@artdag/service-kit';
import { createApp } from './app.ts';
import type { Config } from './config.ts';
import { createClearCookies } from './credentials/clear-cookies.ts';
import { composeCredentials, type OpenCredentials } from './credentials/compose.ts';
import type { Challenge } from './edge/challenge.ts';
import type { Continues } from './edge/continue.ts';
import { createFront } from './edge/front.ts';
import type { Observer } from './edge/observe.ts';
import { createOwnApp, createRefusals } from './edge/own-app.ts';
import { createRequestIds } from './edge/request-id.ts';
import { createQuestions } from './info/questions.ts';
import { createServerInfo } from './info/server-info.ts';
import { createAskService } from './info/service-json.ts';
import { createRateLimits, type RateLimits } from './limits/rate-limits.ts';
import { createVisitors, type Visitors } from './limits/visitors.ts';
import { createWebCalls } from './limits/web-calls.ts';
import { composeMSign } from './msign/compose.ts';
import { type BodyLimits, bodyLimits, createHeldBodies } from './msign/held-bodies.ts';
import { createForward } from './proxy/forward.ts';
import { createUnread } from './proxy/unread.ts';
import type { Upstreams } from './proxy/upstreams.ts';
import { registerChecks } from './readiness.ts';
import type { Route } from './route-table.ts';
import { createRouter } from './routing/router.ts';

export interface Parts {
  config: Config;
  routes: readonly Route[];
  logger: Logger;
  metrics: Metrics;
  health: Health;
  observer: Observer;
  signer: AssertionSigner;
  upstreams: Upstreams;
  continues: Continues;
  challenge: Challenge;
  store: KeyValueStore;
  revocations: RevocationReader | undefined;
  bodyLimits: Partial<BodyLimits> | undefined;
  /** For what the gateway itself asks the services, if not the usual. */
  askTimeoutMs: number | undefined;
  now: () => Date;
}

const defaultAskTimeoutMs = 1000;

export interface Front {
  /** Answers every request, before the services and before the gateway's own app. */
  listener: RequestListener;
  credentials: OpenCredentials;
  limits: RateLimits;
}

export function composeFront(parts: Parts): Front {
  const { config, logger, metrics, health, observer, signer, upstreams, continues, challenge, now } = parts;
  const ask = createAskService(upstreams, parts.askTimeoutMs ?? defaultAskTimeoutMs);
  registerChecks({ health, signer, ask, upstreams, store: parts.store, now });
  const refusals = createRefusals();
  const serverInfo = createServerInfo({
    fixed: { name: 'Art DAG L2', version, domain: config.domain, default_user: config.defaultUser },
    questions: createQuestions(ask, signer, config.defaultUser),
    now,
  });
  const app = createApp({
    logger,
    metrics,
    health,
    metricsAllowCidrs: config.metricsAllowCidrs,
    refusals,
    serverInfo,
  });
  const visitors = composeVisitors(parts);
  const bodies = createHeldBodies({ limits: { ...bodyLimits, ...parts.bodyLimits }, metrics, goOn: continues.goOn });
  const msign = composeMSign({ ...parts, identity: upstreams.ownOf('identity'), bodies, visitors });
  const credentials = composeCredentials({ ...parts, ask, auth: upstreams.ownOf('auth'), msign });
  const secure = config.publicScheme === 'https';
  const limits = composeLimits(parts, visitors);
  const listener = createFront({
    router: createRouter(parts.routes),
    requestIds: createRequestIds(),
    credentials,
    limits,
    bodies,
    clearCookies: createClearCookies({ domain: config.cookieDomain, secure }),
    publicOrigins: config.publicOrigins,
    maxBodyBytes: config.maxBodyBytes,
    own: createOwnApp({ app, refusals, continues, challenge }),
    forward: createForward({
      ...{ upstreams, signer, continues, observer, challenge, bodies },
      takesNothingMs: config.upstreamTimeoutMs,
      unread: createUnread(),
    }),
  });
  return { listener, credentials, limits };
}

function composeVisitors({ config, logger, now }: Parts): Visitors {
  const verifier = createAssertionVerifier({ service: 'gateway', authUrl: config.upstreams.auth, logger, now });
  const webCalls = createWebCalls({ verifier, now: () => performance.now() });
  return createVisitors(webCalls, createCidrMatcher(config.trustedProxies));
}

function composeLimits({ config, store, logger, metrics, now }: Parts, visitors: Visitors): RateLimits {
  const limiter = createWindowLimiter({ store, logger, now: () => now().getTime() });
  return createRateLimits({ limits: config.limits, limiter, visitors, metrics });
}
