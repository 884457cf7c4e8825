import { actorOf } from '@artdag/actor-context';
import type { RequestHandler } from 'express';
import { refuseAllButPeople } from './caller.ts';
import { shownIdentity } from './profile.ts';
import { profileChangesSchema } from './profile-changes.ts';
import { liveOwnIdentity, updateProfile, type UpdateProfileDeps } from './update-profile.ts';

/**
 * `PATCH /api/identities/{handle}` `{display_name?, bio?, avatar_url?, website_url?, email?}` → 200 with the profile. For the person itself, an
 * agent's owner, an organisation's owners.
 */
export function updateProfileRoute(deps: UpdateProfileDeps): RequestHandler<{ handle: string }> {
  return async (req, res) => {
    const caller = actorOf(req);
    refuseAllButPeople(caller);
    const profile = await liveOwnIdentity(deps, caller, req.params.handle);
    const changes = profileChangesSchema.parse(req.body);
    res.set('cache-control', 'no-store').json(shownIdentity(await updateProfile(deps, profile, changes)));
  };
}
