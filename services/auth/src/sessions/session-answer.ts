import type { Response } from 'express';
import { identityOf, roleIn, type ActorProfile } from '../actors/actor-profile.ts';
import type { AccessTokens } from '../tokens/access-token.ts';
import { allScopes } from './scopes.ts';
import type { NewSession } from './session.ts';

/** Somebody who has just signed in. */
export interface SignedIn {
  profile: ActorProfile;
  session: NewSession;
}

export interface SignedInDeps {
  tokens: AccessTokens;
}

/**
 * Answers a login or a registration: the session's secret (shown this once), who it is, and an access token of that session
 * (RFC 6749 §5.1: not to be stored by caches).
 */
export function sendSignedIn(deps: SignedInDeps, res: Response, status: number, signedIn: SignedIn): void {
  const { profile, session } = signedIn;
  const actor = identityOf(profile);
  const { token, expiresInSeconds } = deps.tokens.mint({
    sub: profile.actorId,
    username: profile.handle,
    name: profile.displayName,
    handle: profile.handle,
    sid: session.id,
    org: session.orgId,
    role: roleIn(profile, session.orgId),
    roles: actor.roles,
    microdao_ids: actor.microdao_ids,
    scopes: [...allScopes],
  });
  res.status(status).set('cache-control', 'no-store').json({
    session_token: session.secret,
    actor,
    expires_at: session.expiresAt.toISOString(),
    access_token: token,
    token_type: 'Bearer',
    expires_in: expiresInSeconds,
  });
}
