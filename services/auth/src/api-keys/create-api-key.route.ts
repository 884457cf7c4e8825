import { unauthorized } from '@artdag/actor-context';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import { activeOrg } from '../actors/active-org.ts';
import type { ActorProfiles } from '../actors/actor-profiles.ts';
import { refuseScopesBeyond, scopesSchema } from '../scopes/requested-scopes.ts';
import { authenticateSession, type AuthenticateDeps } from '../sessions/authenticate.ts';
import { identityOf } from '../actors/actor-profile.ts';
import { byOf } from '../by-of.ts';
import { createApiKey, type CreateApiKeyDeps } from './create-api-key.ts';

export const createApiKeyBodySchema = z.object({
  description: z
    .string()
    .min(1)
    .max(200)
    .refine((text) => !text.includes('\0'), 'holds a NUL character'),
  scopes: scopesSchema.optional(),
  expires_days: z.int().min(1).max(3650).nullish(),
});

export interface CreateApiKeyRouteDeps extends CreateApiKeyDeps, AuthenticateDeps {
  profiles: Pick<ActorProfiles, 'fresh'>;
}

/**
 * `POST /auth/api-keys` `{description, scopes?, expires_days?}` → 201 with the key itself, this once. 403 `session_required` for keys
 * and tokens, 403 `scope_not_allowed`, 409 `too_many_keys`.
 */
export function createApiKeyRoute(deps: CreateApiKeyRouteDeps): RequestHandler {
  return async (req, res) => {
    const caller = await authenticateSession(deps, req);
    const body = createApiKeyBodySchema.parse(req.body);
    const scopes = body.scopes ?? [...caller.scopes];
    refuseScopesBeyond(caller.scopes, scopes);
    const profile = await deps.profiles.fresh(caller.actorId);
    if (profile === null) throw unauthorized();
    const { sessionId, actorId } = caller;
    const orgId = activeOrg(profile, caller.orgId);
    const input = { profile, sessionId, orgId, description: body.description, scopes };
    const expiresDays = body.expires_days ?? null;
    const key = await createApiKey(deps, { ...input, expiresDays }, byOf(actorId, req, res));
    res
      .status(201)
      .set('cache-control', 'no-store')
      .json({
        id: key.id,
        key: key.key,
        actor_id: actorId,
        actor: identityOf(profile),
        description: key.description,
        created_at: key.createdAt.toISOString(),
        expires_at: key.expiresAt?.toISOString() ?? null,
        last_used: null,
        is_active: true,
      });
  };
}
