import { actorOf } from '@artdag/actor-context';
import type { RequestHandler } from 'express';
import { refuseAllButPeople } from './caller.ts';
import { deleteIdentity, type DeleteIdentityDeps } from './delete-identity.ts';

/** `DELETE /api/identities/{handle}` → 204, for whoever may change it; people need a signed request or a login of the last five minutes. */
export function deleteIdentityRoute(deps: DeleteIdentityDeps): RequestHandler<{ handle: string }> {
  return async (req, res) => {
    const caller = actorOf(req);
    refuseAllButPeople(caller);
    await deleteIdentity(deps, caller, req.params.handle, res.locals.requestId);
    res.status(204).end();
  };
}
