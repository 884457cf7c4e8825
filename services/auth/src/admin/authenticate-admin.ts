import { requireService, serviceKey, verifyServiceRequest } from '@artdag/actor-context';
import type { Request, RequestHandler } from 'express';
import type { ReplayGuard } from './replay-guard.ts';

export interface AuthenticateAdminDeps {
  internalSecret: string;
  replays: ReplayGuard;
  now: () => Date;
}

/**
 * Lets `admin` through: a request signed with its service key, or its internal assertion. A signed request that changes something is
 * good once.
 *
 * @throws AppError 401 for nobody, 403 for any other service or person, 409 `replayed`
 */
export function requireAdmin(deps: AuthenticateAdminDeps): RequestHandler {
  const byAssertion = requireService('admin');
  return async (req, res, next) => {
    if (req.assertion !== undefined || req.headers.authorization === undefined) {
      byAssertion(req, res, next);
      return;
    }
    verifyServiceRequest({
      header: req.headers.authorization,
      method: req.method,
      path: req.originalUrl,
      body: req.rawBody ?? '',
      now: deps.now(),
      // The keys of the others are good keys, but not for this.
      keyOf: (service) => (service === 'admin' ? serviceKey(deps.internalSecret, service) : undefined),
    });
    if (changesSomething(req)) await deps.replays.refuseSecondUse(req.headers.authorization);
    next();
  };
}

function changesSomething(req: Request): boolean {
  return req.method !== 'GET' && req.method !== 'HEAD';
}
