import { unauthorized } from '@artdag/actor-context';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import { activeOrg } from '../actors/active-org.ts';
import type { ActorProfiles } from '../actors/actor-profiles.ts';
import { byOf } from '../by-of.ts';
import { refuseScopesBeyond, scopesSchema } from '../scopes/requested-scopes.ts';
import { authenticateSession, type AuthenticateDeps } from '../sessions/authenticate.ts';
import { tokenKinds } from '../tokens/token-kinds.ts';
import { mintApiToken, type MintApiTokenDeps } from './mint-api-token.ts';

const maxSeconds = tokenKinds.api.maxTtlSeconds;

export const mintApiTokenBodySchema = z.object({
  label: z
    .string()
    .min(1)
    .max(80)
    .refine((text) => !text.includes('\0'), 'holds a NUL character'),
  scopes: scopesSchema,
  expires_in: z.int().min(60).max(maxSeconds).default(86_400).meta({ description: 'Seconds.' }),
  org: z
    .string()
    .min(1)
    .max(128)
    .optional()
    .meta({ description: 'One of your organisations; default the active one.' }),
});

export interface MintApiTokenRouteDeps extends MintApiTokenDeps, AuthenticateDeps {
  profiles: Pick<ActorProfiles, 'fresh'>;
}

/**
 * `POST /v1/tokens` `{label, scopes, expires_in?, org?}` → 201 with the token itself, this once. 403 `session_required` for keys and
 * tokens, 403 `scope_not_allowed`, 403 `org_not_allowed`.
 */
export function mintApiTokenRoute(deps: MintApiTokenRouteDeps): RequestHandler {
  return async (req, res) => {
    const { actorId, sessionId, scopes: own, orgId } = await authenticateSession(deps, req);
    const { label, scopes, expires_in: ttlSeconds, org } = mintApiTokenBodySchema.parse(req.body);
    refuseScopesBeyond(own, scopes);
    const profile = await deps.profiles.fresh(actorId);
    if (profile === null) throw unauthorized();
    const input = { profile, sessionId, org: org ?? activeOrg(profile, orgId), label, scopes, ttlSeconds };
    const { token, row } = await mintApiToken(deps, input, byOf(actorId, req, res));
    res
      .status(201)
      .set('cache-control', 'no-store')
      .json({ id: row.id, token, label, scopes, org: row.orgId, expires_at: row.expiresAt.toISOString() });
  };
}
