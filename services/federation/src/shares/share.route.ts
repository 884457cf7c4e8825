import { validate } from '@artdag/service-kit';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import { callerOf } from '../actors/caller.ts';
import type { ActorDeps } from '../actors/actor-with-keys.ts';
import { shareObject, type ShareDeps } from './share-object.ts';
import { unshareObject } from './unshare-object.ts';

export const shareBodySchema = z.object({
  object: z.string().min(1).max(2048).meta({ description: 'URL of an object or an activity, here or elsewhere.' }),
});

export interface ShareRouteDeps extends ShareDeps, Pick<ActorDeps, 'actors'> {}

/** `POST /share` → `{ object, state: 'shared', share_id }`. */
export function shareRoute(deps: ShareRouteDeps): RequestHandler {
  return async (req, res) => {
    const { object } = validate('body', shareBodySchema, req.body);
    const shared = await shareObject(deps, await callerOf(deps, req), object);
    res.json({ object: shared.object, state: 'shared', share_id: shared.shareId });
  };
}

/** `POST /unshare` → `{ object, state: 'none' }`, also where nothing was shared. */
export function unshareRoute(deps: ShareRouteDeps): RequestHandler {
  return async (req, res) => {
    const { object } = validate('body', shareBodySchema, req.body);
    res.json({ object: await unshareObject(deps, await callerOf(deps, req), object), state: 'none' });
  };
}
