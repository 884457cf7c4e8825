import type { RequestHandler } from 'express';
import { findActor, type ActorDeps } from '../actors/actor-with-keys.ts';
import type { LocalActor } from '../actors/local-actor.ts';
import { sendActivityJson } from '../http/activity-json.ts';
import { collectionText, pageText } from '../http/collection.ts';
import { userGone, userNotFound } from '../http/errors.ts';
import type { FollowerRepository } from './follower.repository.ts';

const PAGE_SIZE = 50;
/** Deep enough for a quarter of a million; beyond it every page is empty. */
const MAX_PAGE = 5000;

type ActorUrls = Pick<FollowerRepository, 'count' | 'page'>;

/** An `OrderedCollection` of actor URLs, newest first; `?page=1` and up show 50 each. */
function actorCollectionRoute(
  deps: Pick<ActorDeps, 'actors'>,
  source: ActorUrls,
  idOf: (actor: LocalActor) => string,
): RequestHandler<{ username: string }> {
  return async (req, res) => {
    const actor = await findActor(deps, req.params.username);
    if (actor === undefined) throw userNotFound();
    if (actor.deletedAt !== null) throw userGone();
    const id = idOf(actor);
    const totalItems = await source.count(actor.username);
    const asked = req.query['page'];
    if (asked === undefined) {
      const last = `?page=${Math.max(1, Math.ceil(totalItems / PAGE_SIZE))}`;
      return sendActivityJson(req, res, collectionText({ id, totalItems, first: '?page=1', last }));
    }
    const page = pageNumber(asked);
    const offset = (page - 1) * PAGE_SIZE;
    const found = page > MAX_PAGE ? [] : await source.page(actor.username, { limit: PAGE_SIZE, offset });
    const items = found.map((apId) => JSON.stringify(apId));
    const next = offset + found.length < totalItems && found.length > 0 ? `?page=${page + 1}` : undefined;
    const prev = page > 1 ? `?page=${page - 1}` : undefined;
    return sendActivityJson(req, res, pageText({ partOf: id, query: `?page=${page}`, totalItems, items, next, prev }));
  };
}

/** `?page=true` is what others call the first page. */
function pageNumber(asked: unknown): number {
  return typeof asked === 'string' && /^[1-9]\d{0,8}$/.test(asked) ? Number(asked) : 1;
}

export interface FollowersDeps extends Pick<ActorDeps, 'actors' | 'urls'> {
  followers: FollowerRepository;
}

/** `GET /users/{username}/followers`. */
export function followersRoute(deps: FollowersDeps): RequestHandler<{ username: string }> {
  return actorCollectionRoute(deps, deps.followers, ({ username }) => deps.urls.followers(username));
}

const nobody: ActorUrls = { count: async () => 0, page: async () => [] };

/** `GET /users/{username}/following`: empty as long as nobody can follow from here. */
export function followingRoute(deps: Pick<ActorDeps, 'actors' | 'urls'>): RequestHandler<{ username: string }> {
  return actorCollectionRoute(deps, nobody, ({ username }) => deps.urls.following(username));
}
