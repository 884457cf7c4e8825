import type { RequestHandler } from 'express';
import { authenticate, type AuthenticateDeps } from '../sessions/authenticate.ts';
import { byOf } from '../by-of.ts';
import { deleteApiKey, type DeleteApiKeyDeps } from './delete-api-key.ts';

/** `DELETE /auth/api-keys/{key_id}` → 200 `{status: "deleted", key_id}`, and no replica accepts the key any more. */
export function deleteApiKeyRoute(deps: DeleteApiKeyDeps & AuthenticateDeps): RequestHandler<{ keyId: string }> {
  return async (req, res) => {
    const { actorId } = await authenticate(deps, req);
    await deleteApiKey(deps, actorId, req.params.keyId, byOf(actorId, req, res));
    res.json({ status: 'deleted', key_id: req.params.keyId });
  };
}
