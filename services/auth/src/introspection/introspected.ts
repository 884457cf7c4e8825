import type { Assertion } from '@artdag/actor-context';
import { activeOrg } from '../actors/active-org.ts';
import { identityOf, type ActorProfile } from '../actors/actor-profile.ts';

/** Whom a credential stands for, as the assertion to make of it. */
export interface Introspected extends Assertion {
  /** ISO 8601; null when it does not expire. */
  expires_at: string | null;
}

/** With the roles and memberships of now, whatever they were when the credential was made. */
export function introspected(
  profile: ActorProfile,
  credential: {
    orgId: string | null;
    scopes: readonly string[];
    sid: string | null;
    jti: string | null;
    method: 'bearer' | 'api_key';
    tokenUse: 'session' | 'access' | 'api' | 'api_key';
    expiresAt: Date | null;
  },
): Introspected {
  const { orgId, scopes, sid, jti, method, tokenUse, expiresAt } = credential;
  return {
    actor: identityOf(profile),
    username: profile.handle,
    org_id: activeOrg(profile, orgId),
    scopes: [...scopes],
    sid,
    jti,
    method,
    token_use: tokenUse,
    expires_at: expiresAt?.toISOString() ?? null,
  };
}
