import { validate } from '@artdag/service-kit';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import { findActor, type ActorDeps } from '../actors/actor-with-keys.ts';
import { userGone, userNotFound } from '../http/errors.ts';
import type { FindFollowPage } from './remote-follow.ts';

export const remoteFollowQuerySchema = z.object({
  account: z.string().min(1).max(512).meta({ description: 'Who wants to follow, from elsewhere: `user@host`.' }),
});

export interface RemoteFollowRouteDeps extends Pick<ActorDeps, 'actors'> {
  findFollowPage: FindFollowPage;
}

/** `GET /users/{username}/remote-follow?account` → `{ url }`, null where it cannot be learned. */
export function remoteFollowRoute({
  actors,
  findFollowPage,
}: RemoteFollowRouteDeps): RequestHandler<{ username: string }> {
  return async (req, res) => {
    const { account } = validate('query', remoteFollowQuerySchema, req.query);
    const actor = await findActor({ actors }, req.params.username);
    if (actor === undefined) throw userNotFound();
    if (actor.deletedAt !== null) throw userGone();
    res.set('cache-control', 'no-store').json({ url: (await findFollowPage(actor, account)) ?? null });
  };
}
