import type { RequestHandler } from 'express';
import { sendActivityJson } from '../http/activity-json.ts';
import { userNotFound } from '../http/errors.ts';
import { actorDocument, tombstone } from './actor-document.ts';
import { findActorWithKeys, type ActorDeps } from './actor-with-keys.ts';

/** `GET /users/{username}`: the actor document; 404 unknown, 410 with a Tombstone when deleted. */
export function getActorRoute(deps: ActorDeps): RequestHandler<{ username: string }> {
  return async (req, res) => {
    const actor = await findActorWithKeys(deps, req.params.username);
    if (actor === undefined) throw userNotFound();
    if (actor.deletedAt !== null) res.status(410);
    sendActivityJson(req, res, actor.deletedAt === null ? actorDocument(deps.urls, actor) : tombstone(actor));
  };
}
