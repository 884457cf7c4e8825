import { actorOf } from '@artdag/actor-context';
import { AppError, validate } from '@artdag/service-kit';
import type { Request, RequestHandler } from 'express';
import { z } from 'zod';
import type { LocalActor } from '../actors/local-actor.ts';
import { findActor, type ActorDeps } from '../actors/actor-with-keys.ts';
import { followTarget, type FollowDeps } from './follow-target.ts';
import { unfollowTarget } from './unfollow-target.ts';

export const followBodySchema = z.object({
  target: z.string().min(1).max(2048).meta({ description: '`user@host`, or the URL of an actor.' }),
});

/** `POST /follow` → `{ target, state, follow_id }`. */
export function followRoute(deps: FollowDeps): RequestHandler {
  return async (req, res) => {
    const { target } = validate('body', followBodySchema, req.body);
    const { targetApId, state, followActivityId } = await followTarget(deps, await callerOf(deps, req), target);
    res.json({ target: targetApId, state, follow_id: followActivityId });
  };
}

/** `POST /unfollow` → `{ target, state: 'none' }`, also where nobody was followed. */
export function unfollowRoute(deps: FollowDeps): RequestHandler {
  return async (req, res) => {
    const { target } = validate('body', followBodySchema, req.body);
    res.json({ target: await unfollowTarget(deps, await callerOf(deps, req), target), state: 'none' });
  };
}

/** The caller as the fediverse knows it. Throws AppError 409 `actor_not_ready` while its registration has not been heard of. */
export async function callerOf(deps: Pick<ActorDeps, 'actors'>, req: Request): Promise<LocalActor> {
  const { actor, username } = actorOf(req);
  const known = username === null ? undefined : await findActor(deps, username);
  if (known !== undefined && known.actorId === actor.actor_id && known.deletedAt === null) return known;
  const message = 'The fediverse does not know your account yet. Try again in a moment.';
  throw new AppError('actor_not_ready', 409, message, { headers: { 'retry-after': '1' } });
}
