import { actorOf } from '@artdag/actor-context';
import type { Execute } from '@artdag/messaging';
import type { RequestHandler } from 'express';
import { identityNotFound, ownHandle } from './caller.ts';
import { findIdentityByActor } from './identity-rows.ts';
import { listKeys } from './key-rows.ts';
import { keySummary } from './key-summary.ts';

/** `GET /api/auth/keys/{handle}` → `{keys: [summary]}`, the newest 1,000, revoked ones too; for their owner only. */
export function listKeysRoute(deps: { execute: Execute }): RequestHandler<{ handle: string }> {
  return async (req, res) => {
    const caller = actorOf(req);
    const handle = ownHandle(caller, req.params.handle);
    const identity = await findIdentityByActor(deps.execute, caller.actor.actor_id);
    if (identity === null) throw identityNotFound(handle);
    res.set('cache-control', 'no-store').json({ keys: (await listKeys(deps.execute, identity.id)).map(keySummary) });
  };
}
