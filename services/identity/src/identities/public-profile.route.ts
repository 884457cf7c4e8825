import type { Execute } from '@artdag/messaging';
import { AppError } from '@artdag/service-kit';
import type { RequestHandler } from 'express';
import { isLive } from './profile.ts';
import { findProfileOf } from './profile-rows.ts';

/**
 * `GET /internal/identity/profiles/{actor_id}` → `{actor_id, bio, avatar_url, website_url, version}`, for those who keep a copy; `version` is that
 * of `profile-updated`. 404 `identity_not_found` for an actor without an identity, and for one that has ended.
 */
export function publicProfileRoute(deps: { execute: Execute; now: () => Date }): RequestHandler<{ actorId: string }> {
  return async (req, res) => {
    const { actorId } = req.params;
    // PostgreSQL refuses a NUL, and nobody has one in their id.
    const profile = actorId.includes('\0') ? null : await findProfileOf(deps.execute, actorId);
    if (profile === null || !isLive(profile, deps.now())) {
      throw new AppError('identity_not_found', 404, `There is no identity of ${actorId}.`);
    }
    const { bio, avatarUrl, websiteUrl, profileVersion: version } = profile;
    res.json({ actor_id: actorId, bio, avatar_url: avatarUrl, website_url: websiteUrl, version });
  };
}
