import { unauthorized } from '@artdag/actor-context';
import type { RequestHandler } from 'express';
import { identityOf } from '../actors/actor-profile.ts';
import { authenticate, type AuthenticateDeps } from './authenticate.ts';
import type { SessionEnds } from './session-ends.ts';

export interface MeDeps extends AuthenticateDeps {
  sessionEnds: SessionEnds;
  publicUrl: string;
}

/** `GET /auth/me` → the superset of conflicts C5: ActorIdentity at top level, the account's data, and how one is signed in. */
export function meRoute(deps: MeDeps): RequestHandler {
  return async (req, res) => {
    const caller = await authenticate(deps, req);
    const profile = await deps.profiles.recent(caller.actorId);
    if (profile === null || profile.status !== 'active') throw unauthorized();
    const end = caller.sessionId === null ? null : await deps.sessionEnds.of(caller.sessionId);
    res.set('cache-control', 'no-store').json({
      ...identityOf(profile),
      username: profile.handle,
      display_name: profile.displayName,
      email: profile.email,
      handle: profile.handle,
      did: null,
      ap_id: `${deps.publicUrl}/users/${profile.handle}`,
      org_id: caller.orgId,
      memberships: profile.memberships.map(({ orgId, microdaoId, role }) => ({
        microdao_id: microdaoId,
        org_id: orgId,
        role,
      })),
      is_sysadmin: profile.isSysadmin,
      created_at: profile.createdAt.toISOString(),
      auth: {
        method: caller.method,
        session_id: caller.sessionId,
        scopes: caller.scopes,
        expires_at: end?.toISOString() ?? null,
      },
    });
  };
}
