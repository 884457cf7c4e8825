import type { RequestHandler } from 'express';
import { byOf } from '../by-of.ts';
import { authenticate, type AuthenticateDeps } from '../sessions/authenticate.ts';
import { revokeApiToken, type RevokeApiTokenDeps } from './revoke-api-token.ts';

/** `DELETE /v1/tokens/{id}` → 204, and no replica accepts the token any more. */
export function revokeApiTokenRoute(deps: RevokeApiTokenDeps & AuthenticateDeps): RequestHandler<{ id: string }> {
  return async (req, res) => {
    const { actorId } = await authenticate(deps, req);
    await revokeApiToken(deps, actorId, req.params.id, byOf(actorId, req, res));
    res.status(204).end();
  };
}
