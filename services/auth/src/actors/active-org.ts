import type { ActorProfile } from './actor-profile.ts';

/** The org that a credential was made for, as long as its actor is a member there. */
export function activeOrg(profile: Pick<ActorProfile, 'memberships'>, orgId: string | null): string | null {
  return profile.memberships.some((membership) => membership.orgId === orgId) ? orgId : null;
}
