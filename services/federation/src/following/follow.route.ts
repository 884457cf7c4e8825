import { validate } from '@artdag/service-kit';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import { callerOf } from '../actors/caller.ts';
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
