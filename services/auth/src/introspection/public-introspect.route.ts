import { forbidden } from '@artdag/actor-context';
import type { Request, RequestHandler } from 'express';
import { z } from 'zod';
import { authenticate, type AuthenticateDeps } from '../sessions/authenticate.ts';
import { isForm, readForm } from '../sessions/form-body.ts';
import { resolveToken, type ResolveTokenDeps } from './resolve-token.ts';

export const publicIntrospectBodySchema = z.object({ token: z.string().min(1).max(16_384) });

/**
 * `POST /auth/introspect` `{token}` (JSON, or a form as RFC 7662 has it) for services with an API key of their own → `{active: true, sub,
 * username, email?, roles, scope, token_use, exp?}` or `{active: false}`; 403 for everybody else.
 */
export function publicIntrospectRoute(deps: ResolveTokenDeps & AuthenticateDeps): RequestHandler {
  return async (req, res) => {
    const { actorId, method } = await authenticate(deps, req);
    if (method !== 'api_key' || !actorId.startsWith('service:')) throw forbidden();
    const { token } = publicIntrospectBodySchema.parse(await bodyOf(req));
    res.set('cache-control', 'no-store').json(await answer(deps, token));
  };
}

async function bodyOf(req: Request): Promise<unknown> {
  return isForm(req) ? Object.fromEntries(await readForm(req)) : req.body;
}

async function answer(deps: ResolveTokenDeps, token: string): Promise<object> {
  const found = await resolveToken(deps, token);
  if (found === null) return { active: false };
  const { actor, username, scopes, token_use, expires_at } = found;
  const email = (await deps.profiles.fresh(actor.actor_id))?.email ?? null;
  return {
    active: true,
    sub: actor.actor_id,
    username,
    ...(email === null ? {} : { email }),
    roles: actor.roles,
    scope: scopes.join(' '),
    token_use,
    ...(expires_at === null ? {} : { exp: Math.floor(Date.parse(expires_at) / 1000) }),
  };
}
