import type { RequestHandler } from 'express';
import { byOf } from '../by-of.ts';
import { authenticateToEnd, type AuthenticateDeps } from '../sessions/authenticate.ts';
import { revokeApiToken, type RevokeApiTokenDeps } from './revoke-api-token.ts';

/** `DELETE /v1/tokens/{id}` → 204, and no replica accepts the token any more. A token may end itself only. */
export function revokeApiTokenRoute(deps: RevokeApiTokenDeps & AuthenticateDeps): RequestHandler<{ id: string }> {
  return async (req, res) => {
    const { actorId } = await authenticateToEnd(deps, req, req.params.id);
    await revokeApiToken(deps, actorId, req.params.id, byOf(actorId, req, res));
    res.status(204).end();
  };
}
