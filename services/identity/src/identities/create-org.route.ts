import { actorOf } from '@artdag/actor-context';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import { refuseAllButPeople } from './caller.ts';
import { createOrg, type CreateOrgDeps } from './create-org.ts';
import { shownIdentity } from './profile.ts';
import { displayNameSchema } from './profile-changes.ts';

export const createOrgBodySchema = z.object({
  handle: z.string().min(1).max(256),
  display_name: displayNameSchema,
  identity_type: z.literal(
    'org',
    'only organisations are made here: people sign in at /api/auth/verify, agents are made at /api/identities/agent',
  ),
});

/**
 * `POST /api/identities` `{handle, display_name, identity_type: "org"}` → 201 with the organisation's identity, or 200 with the one that the
 * caller owns under that handle already.
 */
export function createOrgRoute(deps: CreateOrgDeps): RequestHandler {
  return async (req, res) => {
    const caller = actorOf(req);
    refuseAllButPeople(caller);
    const { handle, display_name: displayName } = createOrgBodySchema.parse(req.body);
    const wanted = { handle, displayName, ownerActorId: caller.actor.actor_id };
    const { created, profile } = await createOrg(deps, wanted);
    if (created) res.status(201).location(`/api/identities/${profile.handle}`);
    res.set('cache-control', 'no-store').json(shownIdentity(profile));
  };
}
