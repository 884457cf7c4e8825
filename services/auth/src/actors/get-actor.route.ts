import { AppError } from '@artdag/service-kit';
import type { RequestHandler } from 'express';
import type { ActorProfiles } from './actor-profiles.ts';
import { shownActor } from './shown-actor.ts';

/**
 * `GET /internal/actors/{actor_id}` → what other services may know of an actor, disabled and deleted ones included;
 * 404 `actor_not_found`. Read afresh: the callers keep it for up to a minute.
 */
export function getActorRoute(deps: { profiles: ActorProfiles }): RequestHandler<{ actorId: string }> {
  return async (req, res) => {
    const { actorId } = req.params;
    const profile = isActorId(actorId) ? await deps.profiles.fresh(actorId) : null;
    if (profile === null) throw new AppError('actor_not_found', 404, `There is no actor ${actorId}.`);
    res.json(shownActor(profile));
  };
}

/** Anything else is nobody's id, and might hold what the database cannot (NUL). */
function isActorId(text: string): boolean {
  return /^[a-z]+:[A-Za-z0-9._:-]{1,100}$/.test(text);
}
