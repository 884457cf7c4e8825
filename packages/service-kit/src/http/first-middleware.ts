import type { RequestHandler, Request, Response } from 'express';
import { type LogAccess, finalStatus } from './access-log.ts';
import type { ObserveRequest } from './request-metrics.ts';
import type { Operations } from './operations.ts';

export interface FirstMiddlewareOptions {
  headers: [string, string][];
  requestId: (received: string | string[] | undefined) => string;
  logAccess: LogAccess;
  observe: ObserveRequest;
  operations: Operations;
}

/**
 * Everything that each request needs before its route, in one function, as every middleware layer costs: request id,
 * security headers, access log and metrics, and the operations routes, looked up by path.
 */
export function firstMiddleware(o: FirstMiddlewareOptions): RequestHandler {
  return (req, res, next) => {
    const startedAt = performance.now();
    const path = pathOf(req.url);
    const requestId = o.requestId(req.headers['x-request-id']);
    res.locals.requestId = requestId;
    res.setHeader('x-request-id', requestId);
    for (const [name, value] of o.headers) res.setHeader(name, value);
    res.on('close', () => {
      const ms = performance.now() - startedAt;
      const status = finalStatus(res);
      o.logAccess(req, res, path, status, ms);
      o.observe(req.method, routeOf(req, res), status, ms / 1000);
    });
    const operation = o.operations.get(path);
    if (operation === undefined || (req.method !== 'GET' && req.method !== 'HEAD')) return next();
    res.locals.route = path;
    return operation(req, res, next);
  };
}

function pathOf(url: string): string {
  const query = url.indexOf('?');
  return query === -1 ? url : url.slice(0, query);
}

/** The pattern of the route that matched; raw paths would make a label per asset. */
function routeOf(req: Request, res: Response): string {
  if (res.locals.route !== undefined) return res.locals.route;
  const path: unknown = req.route?.path;
  if (typeof path === 'string') return path;
  if (path === undefined) return 'unmatched';
  return Array.isArray(path) ? path.join('|') : 'pattern';
}
