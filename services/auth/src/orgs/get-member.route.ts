import { AppError } from '@artdag/service-kit';
import type { RequestHandler } from 'express';
import type { InTransaction } from '../transaction.ts';
import { roleOf } from './org.ts';

/**
 * `GET /internal/orgs/{id}/members/{actor_id}` → `{org_id, actor_id, role}`, as it is now; 404 `not_a_member`, for an unknown org or actor too.
 */
export function getMemberRoute(deps: {
  inTransaction: InTransaction;
}): RequestHandler<{ id: string; actorId: string }> {
  return async (req, res) => {
    const { id, actorId } = req.params;
    // Anything else is nobody's id, and might hold what the database cannot (NUL).
    const isPossible = /^org_[0-9a-z]{1,40}$/.test(id) && /^[a-z]+:[A-Za-z0-9._:-]{1,100}$/.test(actorId);
    const role = isPossible ? await deps.inTransaction(null, (execute) => roleOf(execute, id, actorId)) : null;
    if (role === null) throw new AppError('not_a_member', 404, `${actorId} is no member of ${id}.`);
    res.set('cache-control', 'no-store').json({ org_id: id, actor_id: actorId, role });
  };
}
