import { identityOf, type ActorProfile } from '../actors/actor-profile.ts';
import type { Caller } from './resolve-credential.ts';

/** What of `GET /auth/me` is the same for every request of an actor, as JSON text: `org_id` goes between, `auth` behind. */
interface ProfileParts {
  before: string;
  behind: string;
}

/**
 * Writes the body of `GET /auth/me` (conflicts C5) out of parts that are made once: of a profile, which is kept for a minute, and of a
 * verified assertion, which is kept as long.
 */
export function createMeWriter(o: { publicUrl: string }) {
  const profiles = new WeakMap<ActorProfile, ProfileParts>();
  const partsOf = (profile: ActorProfile): ProfileParts => {
    const known = profiles.get(profile);
    if (known !== undefined) return known;
    const made = makeParts(profile, o.publicUrl);
    profiles.set(profile, made);
    return made;
  };
  return (profile: ActorProfile, caller: Caller, sessionEnd: Date | null): string => {
    const { before, behind } = partsOf(profile);
    const auth = {
      method: caller.method,
      session_id: caller.sessionId,
      scopes: caller.scopes,
      expires_at: sessionEnd?.toISOString() ?? null,
    };
    return `${before}"org_id":${JSON.stringify(caller.orgId)},${behind}"auth":${JSON.stringify(auth)}}`;
  };
}

function makeParts(profile: ActorProfile, publicUrl: string): ProfileParts {
  const before = {
    ...identityOf(profile),
    username: profile.handle,
    display_name: profile.displayName,
    email: profile.email,
    handle: profile.handle,
    did: null,
    ap_id: `${publicUrl}/users/${profile.handle}`,
  };
  const behind = {
    memberships: profile.memberships.map(({ orgId, microdaoId, role }) => ({
      microdao_id: microdaoId,
      org_id: orgId,
      role,
    })),
    is_sysadmin: profile.isSysadmin,
    created_at: profile.createdAt.toISOString(),
  };
  return {
    before: `${JSON.stringify(before).slice(0, -1)},`,
    behind: `${JSON.stringify(behind).slice(1, -1)},`,
  };
}
