import { validate } from '@artdag/service-kit';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import type { ActorDeps } from './actor-with-keys.ts';
import { kindOf } from './local-actor.ts';

export const listUsersQuerySchema = z.object({
  limit: z.coerce.number().int().min(1).max(100).default(50),
  offset: z.coerce.number().int().min(0).max(10_000).default(0),
});

/** `GET /users`: `{ users: [{ username, display_name, actor_type, ap_id, created_at }], total, limit, offset, next }`, newest first. */
export function listUsersRoute(deps: Pick<ActorDeps, 'actors'>): RequestHandler {
  return async (req, res) => {
    const { limit, offset } = validate('query', listUsersQuerySchema, req.query);
    const { actors, total } = await deps.actors.list({ limit, offset });
    const users = actors.map((actor) => ({
      username: actor.username,
      display_name: actor.displayName,
      actor_type: kindOf(actor.actorId),
      ap_id: actor.apId,
      created_at: actor.createdAt.toISOString(),
    }));
    const end = offset + users.length;
    const next = end < total && users.length > 0 ? `/users?limit=${limit}&offset=${end}` : null;
    res.vary('Accept').json({ users, total, limit, offset, next });
  };
}
