import { actorOf } from '@artdag/actor-context';
import type { RequestHandler } from 'express';
import { ownHandle, refusePrograms } from './caller.ts';
import { revokeKey, type RevokeKeyDeps } from './revoke-key.ts';

/**
 * `DELETE /api/auth/keys/{handle}/{key_id}` → 204 once no replica takes the key any more; for its owner only, the key itself included. May
 * be repeated.
 */
export function revokeKeyRoute(deps: RevokeKeyDeps): RequestHandler<{ handle: string; keyId: string }> {
  return async (req, res) => {
    const caller = actorOf(req);
    refusePrograms(caller);
    const handle = ownHandle(caller, req.params.handle);
    const { keyId } = req.params;
    await revokeKey(deps, { actorId: caller.actor.actor_id, handle, keyId, correlationId: res.locals.requestId });
    res.status(204).end();
  };
}
