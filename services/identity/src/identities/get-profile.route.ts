import type { Execute } from '@artdag/messaging';
import type { RequestHandler } from 'express';
import { identityNotFound, pathHandle } from './path-handle.ts';
import { isLive, shownIdentity } from './profile.ts';
import { findProfile } from './profile-rows.ts';
import { sendPublic } from './send-public.ts';

/** `GET /api/identities/{handle}` → the profile; 404 for one that is unknown, deleted or, of an agent, past its time. */
export function getProfileRoute(deps: { execute: Execute; now: () => Date }): RequestHandler<{ handle: string }> {
  return async (req, res) => {
    const handle = pathHandle(req.params.handle);
    const profile = handle === null ? null : await findProfile(deps.execute, handle);
    if (profile === null || !isLive(profile, deps.now())) throw identityNotFound(req.params.handle);
    sendPublic(req, res, shownIdentity(profile));
  };
}
