import express, { type Express } from 'express';
import type { HelmetOptions } from 'helmet';
import { AppError } from '../errors.ts';
import type { Health } from '../health.ts';
import type { Logger } from '../logging/logger.ts';
import type { Metrics } from '../metrics.ts';
import { createAccessLog } from './access-log.ts';
import { trustProxies } from './client-ip.ts';
import { errorHandler } from './error-handler.ts';
import { firstMiddleware } from './first-middleware.ts';
import { jsonBody } from './json-body.ts';
import { operationsRoutes } from './operations.ts';
import { createRequestIds } from './request-id.ts';
import { createRequestMetrics } from './request-metrics.ts';
import { apiHeaders, securityHeaders } from './security-headers.ts';

export interface HttpAppOptions {
  service: string;
  version: string;
  logger: Logger;
  metrics: Metrics;
  health: Health;
  /** Who may read /metrics, by socket address; others get 404. */
  metricsAllowCidrs: string[];
  /** Whose X-Forwarded-For clientIp() believes; default nobody's. */
  trustedProxies?: string[];
  /** Default 256 KiB. */
  bodyLimitBytes?: number;
  /** Default true; false leaves every body unread. */
  parseJson?: boolean;
  /** Media types whose bodies are left unread for the route (see readBody), e.g. `application/octet-stream`. */
  rawTypes?: string[];
  /** Paths whose bodies, of whatever type, are left unread for the route. */
  rawPaths?: string[];
  /** Helmet's options of a service that answers with pages; by default its headers are those of an API. */
  helmet?: Readonly<HelmetOptions>;
  /** Whether browsers get errors as pages: for services that they come to. Default false. */
  errorPages?: boolean;
  /** The whole route table. */
  routes: (app: Express) => void;
}

const BODY_LIMIT_BYTES = 256 * 1024;

/**
 * An Express app with what every service has: request id, security headers, access log, metrics, /healthz, /readyz,
 * /v1/ready, /metrics, strict JSON bodies, `routes`, 404 and errors as `{ detail, code, request_id }`.
 * Paths are case-sensitive, so that no guard in front is passed by another spelling.
 */
export function createHttpApp(o: HttpAppOptions): Express {
  const app = express();
  app.set('etag', false).set('x-powered-by', false).set('case sensitive routing', true);
  trustProxies(app, o.trustedProxies ?? []);
  app.use(
    firstMiddleware({
      headers: securityHeaders(o.helmet ?? apiHeaders),
      requestId: createRequestIds(),
      logAccess: createAccessLog(o.logger, o.service),
      observe: createRequestMetrics(o.metrics),
      operations: operationsRoutes(o),
    }),
  );
  if (o.parseJson !== false) {
    const { bodyLimitBytes: maxBytes = BODY_LIMIT_BYTES, rawTypes = [], rawPaths = [] } = o;
    app.use(jsonBody({ maxBytes, rawTypes, rawPaths }));
  }
  o.routes(app);
  app.use((_req, _res, next) => next(new AppError('not_found', 404, 'Not Found')));
  app.use(errorHandler(o.logger, o.errorPages));
  return app;
}
