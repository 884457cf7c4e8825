import type { RequestHandler } from 'express';
import { authenticateSession, type AuthenticateDeps } from '../sessions/authenticate.ts';
import type { ListedApiToken } from './api-token.ts';

export interface ListApiTokensDeps extends AuthenticateDeps {
  apiTokens: { list(actorId: string): Promise<ListedApiToken[]> };
}

/** `GET /v1/tokens` → `{tokens: […]}`, newest first, the ended ones too. */
export function listApiTokensRoute(deps: ListApiTokensDeps): RequestHandler {
  return async (req, res) => {
    const { actorId } = await authenticateSession(deps, req);
    const tokens = await deps.apiTokens.list(actorId);
    res.set('cache-control', 'no-store').json({
      tokens: tokens.map((token) => ({
        id: token.id,
        label: token.label,
        scopes: token.scopes,
        org: token.orgId,
        created_at: token.createdAt.toISOString(),
        expires_at: token.expiresAt.toISOString(),
        last_used_at: token.lastUsedAt?.toISOString() ?? null,
        revoked_at: token.revokedAt?.toISOString() ?? null,
      })),
    });
  };
}
