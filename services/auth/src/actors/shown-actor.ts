import { identityOf, type ActorProfile } from './actor-profile.ts';

/** What other services may know of an actor. */
export function shownActor(profile: ActorProfile) {
  return {
    ...identityOf(profile),
    username: profile.handle,
    handle: profile.handle,
    display_name: profile.displayName,
    status: profile.status,
    version: profile.version,
    org_id: profile.personalOrgId,
  };
}
