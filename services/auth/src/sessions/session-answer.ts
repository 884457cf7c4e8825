import type { Request, Response } from 'express';
import { identityOf } from '../actors/actor-profile.ts';
import type { DeviceCookies } from '../cookies/device-cookie.ts';
import { deviceCookie, type SessionCookies } from '../cookies/session-cookies.ts';
import { accessClaims } from '../tokens/access-claims.ts';
import type { AccessTokens } from '../tokens/access-token.ts';
import { cookieOf } from './carried-credentials.ts';
import { allScopes } from '@artdag/actor-context';
import type { SignedIn } from './start-session.ts';

export interface SignedInDeps {
  tokens: AccessTokens;
  cookies: SessionCookies;
  devices: DeviceCookies;
  platformTokenTtlSeconds: number;
}

/**
 * Answers a login or a registration: the session's secret and its refresh token (both shown this once), who it is, and an access token
 * of that session (RFC 6749 §5.1: not to be stored by caches), with the cookies of a browser.
 */
export function sendSignedIn(
  deps: SignedInDeps,
  req: Request,
  res: Response,
  status: number,
  signedIn: SignedIn,
): void {
  const { profile, session, refresh } = signedIn;
  const actor = identityOf(profile);
  const claims = accessClaims(profile, session, allScopes);
  const { token, expiresInSeconds } = deps.tokens.mint(claims, undefined, session.expiresAt);
  deps.cookies.set(res, {
    sessionToken: session.secret,
    platformToken: deps.tokens.mint(claims, deps.platformTokenTtlSeconds, session.expiresAt).token,
    device: deps.devices.issue(profile.actorId, deps.devices.read(cookieOf(req, deviceCookie))),
  });
  res.status(status).set('cache-control', 'no-store').json({
    session_token: session.secret,
    actor,
    expires_at: session.expiresAt.toISOString(),
    access_token: token,
    token_type: 'Bearer',
    expires_in: expiresInSeconds,
    refresh_token: refresh.secret,
    refresh_expires_at: refresh.expiresAt.toISOString(),
  });
}
