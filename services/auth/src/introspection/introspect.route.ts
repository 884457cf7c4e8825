import type { RequestHandler } from 'express';
import { z } from 'zod';
import { introspect, type IntrospectDeps } from './introspect.ts';

const secret = z.string().min(1).max(4096);
const bodySchema = z.union([z.strictObject({ token: secret }), z.strictObject({ api_key: secret })]);

/**
 * `POST /internal/auth/introspect` `{token}` (an opaque session token) or `{api_key}` → `{active: true, …assertion, expires_at}` or
 * `{active: false}`. The gateway keeps an answer for a minute at most.
 */
export function introspectRoute(deps: IntrospectDeps): RequestHandler {
  return async (req, res) => {
    res.set('cache-control', 'no-store').json(await introspect(deps, bodySchema.parse(req.body)));
  };
}
