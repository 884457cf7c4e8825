import { identityOf, roleIn, type ActorProfile } from '../actors/actor-profile.ts';

/** What an access or API token says beyond `iss aud iat exp jti` (credentials.md §3). */
export interface ActorClaims {
  /** actor_id */
  sub: string;
  username: string;
  /** The active org. */
  org: string | null;
  /** The role in the active org. */
  role: string | null;
  roles: string[];
  /** Of the ActorIdentity that the gateway makes of the token. */
  microdao_ids: string[];
  scopes: string[];
}

export interface AccessClaims extends ActorClaims {
  name: string;
  handle: string;
  sid: string;
}

/** Of a token that stands for an actor with some scopes; `org` is null when the actor is no member of it (any more). */
export function actorClaims(profile: ActorProfile, orgId: string | null, scopes: readonly string[]): ActorClaims {
  const { microdao_ids, roles } = identityOf(profile);
  const role = roleIn(profile, orgId);
  return {
    sub: profile.actorId,
    username: profile.handle,
    org: role === null ? null : orgId,
    role,
    roles,
    microdao_ids,
    scopes: [...scopes],
  };
}

/** Of a token that stands for a session. */
export function accessClaims(
  profile: ActorProfile,
  session: { id: string; orgId: string | null },
  scopes: readonly string[],
): AccessClaims {
  const { displayName: name, handle } = profile;
  return { ...actorClaims(profile, session.orgId, scopes), name, handle, sid: session.id };
}
