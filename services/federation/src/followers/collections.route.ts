import type { RequestHandler } from 'express';
import { findActor, type ActorDeps } from '../actors/actor-with-keys.ts';
import { sendActivityJson } from '../http/activity-json.ts';
import { collectionGone, userNotFound } from '../http/errors.ts';
import { readUrlCollection, type UrlSource } from '../http/url-collection.ts';

export interface FollowersDeps extends Pick<ActorDeps, 'actors' | 'urls'> {
  followers: UrlSource;
  following: UrlSource;
}

/** `GET /users/{username}/followers`. */
export function followersRoute(deps: FollowersDeps): RequestHandler<{ username: string }> {
  return actorCollectionRoute(deps, deps.followers, (username) => deps.urls.followers(username));
}

/** `GET /users/{username}/following`: those who have accepted. */
export function followingRoute(deps: FollowersDeps): RequestHandler<{ username: string }> {
  return actorCollectionRoute(deps, deps.following, (username) => deps.urls.following(username));
}

function actorCollectionRoute(
  deps: Pick<ActorDeps, 'actors'>,
  source: UrlSource,
  idOf: (username: string) => string,
): RequestHandler<{ username: string }> {
  return async (req, res) => {
    const actor = await findActor(deps, req.params.username);
    if (actor === undefined) throw userNotFound();
    const id = idOf(actor.username);
    if (actor.deletedAt !== null) throw collectionGone(req, id, actor.deletedAt);
    sendActivityJson(req, res, await readUrlCollection(source, id, actor.username, req.query['page']));
  };
}
