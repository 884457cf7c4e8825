import { actorOf } from '@artdag/actor-context';
import { validate } from '@artdag/service-kit';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import { listFollowing, type ListFollowingDeps } from './list-following.ts';

export const listFollowingQuerySchema = z.object({
  target: z
    .string()
    .min(1)
    .max(2048)
    .optional()
    .meta({ description: 'Only this one: `user@host`, or the URL of an actor.' }),
  limit: z.coerce.number().int().min(1).max(100).default(50),
  offset: z.coerce.number().int().min(0).max(10_000).default(0),
});

/** `GET /following` → `{ following: [{ target, handle, state }], total, limit, offset, next }`, newest first. */
export function listFollowingRoute(deps: ListFollowingDeps): RequestHandler {
  return async (req, res) => {
    const query = validate('query', listFollowingQuerySchema, req.query);
    res.json(await listFollowing(deps, actorOf(req).username ?? '', query));
  };
}
