import type { RequestHandler } from 'express';
import { authenticateToEnd, type AuthenticateDeps } from '../sessions/authenticate.ts';
import { byOf } from '../by-of.ts';
import { deleteApiKey, type DeleteApiKeyDeps } from './delete-api-key.ts';

/** `DELETE /auth/api-keys/{key_id}` → 200 `{status: "deleted", key_id}`, and no replica accepts the key any more. A key may end itself only. */
export function deleteApiKeyRoute(deps: DeleteApiKeyDeps & AuthenticateDeps): RequestHandler<{ keyId: string }> {
  return async (req, res) => {
    const { actorId } = await authenticateToEnd(deps, req, req.params.keyId);
    await deleteApiKey(deps, actorId, req.params.keyId, byOf(actorId, req, res));
    res.json({ status: 'deleted', key_id: req.params.keyId });
  };
}
