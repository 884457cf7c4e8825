import { actorOf, forbidden } from '@artdag/actor-context';
import type { RequestHandler } from 'express';
import { refuseAllButPeople } from '../identities/caller.ts';
import { pathHandle } from '../identities/path-handle.ts';
import { findIdentityByHandle } from '../public-keys/identity-rows.ts';
import { endAgent, type EndAgentDeps } from './end-agent.ts';

/**
 * `DELETE /api/identities/agent/{handle}` → 204 once nobody accepts anything of the agent; for its owner only. May be repeated. Whatever is not
 * an agent of the caller's is forbidden alike, so that nothing is told of what exists.
 */
export function revokeAgentRoute(deps: EndAgentDeps): RequestHandler<{ handle: string }> {
  return async (req, res) => {
    const caller = actorOf(req);
    refuseAllButPeople(caller);
    const handle = pathHandle(req.params.handle);
    const found = handle === null ? null : await findIdentityByHandle(deps.execute, handle);
    if (found?.identityType !== 'agent' || found.spawnedBy !== caller.actor.actor_id) throw forbidden();
    await endAgent(deps, found.id, 'revoked_by_owner', res.locals.requestId);
    res.status(204).end();
  };
}
