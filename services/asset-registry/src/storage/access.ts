import { actorOf, forbidden, isSession, scopeCovers, type Assertion } from '@artdag/actor-context';
import type { RequestHandler } from 'express';

/** Who manages storage: every row is its owner's, and only they see it. */
export interface Caller {
  actorId: string;
  orgId: string | null;
  isSysadmin: boolean;
  /** Somebody in person, as opposed to whoever holds a key or token of theirs. */
  isPerson: boolean;
}

export function callerOf(assertion: Assertion): Caller {
  const { actor, org_id: orgId, method } = assertion;
  return {
    actorId: actor.actor_id,
    orgId,
    isSysadmin: actor.roles.includes('system_admin'),
    isPerson: isSession(assertion) || (method === 'msign' && actor.actor_type === 'human'),
  };
}

/** Reading needs `read:storage` or `storage:manage`: 401 for anonymous callers, 403 `insufficient_scope` otherwise. */
export function requireReadable(): RequestHandler {
  return (req, _res, next) => {
    const { scopes } = actorOf(req);
    const may = ['read:storage', 'storage:manage'].some((scope) => scopeCovers(scopes, scope));
    next(may ? undefined : forbidden('insufficient_scope'));
  };
}
