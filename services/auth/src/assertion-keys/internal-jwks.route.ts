import type { RequestHandler } from 'express';
import { internalJwks, type InternalJwksDeps } from './internal-jwks.ts';

/** `GET /internal/auth/jwks` → `{keys}`. Open inside: it holds public halves only, and whoever verifies needs it first. */
export function internalJwksRoute(deps: InternalJwksDeps): RequestHandler {
  return async (_req, res) => {
    res.set('cache-control', 'no-store').json({ keys: await internalJwks(deps) });
  };
}
