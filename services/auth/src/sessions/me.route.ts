import { unauthorized } from '@artdag/actor-context';
import type { RequestHandler, Response } from 'express';
import type { ActorProfiles } from '../actors/actor-profiles.ts';
import { authenticate, type AuthenticateDeps } from './authenticate.ts';
import { createMeWriter } from './me.ts';
import type { SessionEnds } from './session-ends.ts';

export interface MeDeps extends AuthenticateDeps {
  profiles: Pick<ActorProfiles, 'recent'>;
  sessionEnds: SessionEnds;
  publicUrl: string;
}

/**
 * `GET /auth/me` → the superset of conflicts C5: ActorIdentity at top level, the account's data, and how one is signed in. With an
 * assertion it costs no query: the profile is a minute old at most, and the gateway has asked for the revocation.
 */
export function meRoute(deps: MeDeps): RequestHandler {
  const write = createMeWriter(deps);
  return async (req, res) => {
    const caller = await authenticate(deps, req);
    const profile = await deps.profiles.recent(caller.actorId);
    if (profile === null || profile.status !== 'active') throw unauthorized();
    const end = caller.sessionId === null ? null : await deps.sessionEnds.of(caller.sessionId);
    sendMe(res, write(profile, caller, end));
  };
}

/** Past `res.json`, which would write the whole again. */
export function sendMe(res: Response, body: string): void {
  res.setHeader('cache-control', 'no-store');
  res.setHeader('content-type', 'application/json; charset=utf-8');
  res.setHeader('content-length', Buffer.byteLength(body));
  res.end(body);
}
