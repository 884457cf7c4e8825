import type { RequestHandler } from 'express';
import { z } from 'zod';
import { introspect, type IntrospectDeps } from './introspect.ts';

const bodySchema = z.object({ token: z.string().min(1).max(4096) });

/** `POST /internal/auth/introspect` `{token}` (an opaque session token) → `{active: true, …assertion}` or `{active: false}`. */
export function introspectRoute(deps: IntrospectDeps): RequestHandler {
  return async (req, res) => {
    const { token } = bodySchema.parse(req.body);
    res.set('cache-control', 'no-store').json(await introspect(deps, token));
  };
}
