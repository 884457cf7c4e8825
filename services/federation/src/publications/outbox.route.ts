import type { RequestHandler } from 'express';
import { findActor, type ActorDeps } from '../actors/actor-with-keys.ts';
import { sendActivityJson } from '../http/activity-json.ts';
import { collectionText, pageText } from '../http/collection.ts';
import { collectionGone, userNotFound } from '../http/errors.ts';
import { readOutboxPage, type OutboxSource } from './outbox-page.ts';

export interface OutboxDeps extends Pick<ActorDeps, 'actors' | 'urls'> {
  publications: OutboxSource;
}

/**
 * `GET /users/{username}/outbox`: an `OrderedCollection`; `?page=true` its newest 20 activities, `&max_id=` (an activity's UUID)
 * the 20 before that one, `&min_id=` the 20 after it, `&min_id=0` the oldest. Newest first on every page.
 */
export function outboxRoute(deps: OutboxDeps): RequestHandler<{ username: string }> {
  return async (req, res) => {
    const actor = await findActor(deps, req.params.username);
    if (actor === undefined) throw userNotFound();
    const partOf = deps.urls.outbox(actor.username);
    if (actor.deletedAt !== null) throw collectionGone(req, partOf, actor.deletedAt);
    const totalItems = await deps.publications.count(actor.apId);
    if (req.query['page'] === undefined) {
      const head = { id: partOf, totalItems, first: '?page=true', last: '?page=true&min_id=0' };
      return sendActivityJson(req, res, collectionText(head));
    }
    const page = await readOutboxPage(deps.publications, actor.apId, req.query);
    return sendActivityJson(req, res, pageText({ ...page, partOf, totalItems }));
  };
}
