import type { Execute } from '@artdag/messaging';
import { AppError } from '@artdag/service-kit';
import type { RequestHandler } from 'express';
import { goneAs, sendActivityJson } from '../http/activity-json.ts';
import { readUrlCollection } from '../http/url-collection.ts';
import type { LocalUrls } from '../urls.ts';
import { createReactionRepository, findObject, type ReactionKind } from './reaction.repository.ts';

export interface ReactionsDeps {
  urls: LocalUrls;
  /** Autocommit statements. */
  execute: Execute;
}

const names = { like: 'likes', share: 'shares', reply: 'replies' } as const;
const HASH = /^[0-9a-f]{64}$/;

/**
 * `GET /objects/{content_hash}/likes`, `/shares`, `/replies`: an `OrderedCollection` of the Likes, the Announces and the notes, by their URLs;
 * 404 for what was not published, 410 for what was erased.
 */
export function reactionsRoute(deps: ReactionsDeps, kind: ReactionKind): RequestHandler<{ hash: string }> {
  const source = createReactionRepository(deps.execute, kind);
  return async (req, res) => {
    const { hash } = req.params;
    const objectId = `${deps.urls.publicUrl}/objects/${hash}`;
    const found = HASH.test(hash) ? await findObject(deps.execute, objectId) : undefined;
    const id = `${objectId}/${names[kind]}`;
    if (found === undefined) throw new AppError('not_found', 404, 'No such object was published here.');
    if (found === 'erased') {
      const message = 'What was claimed of this content was erased.';
      throw goneAs(req, 'gone', message, { id, formerType: 'OrderedCollection' });
    }
    sendActivityJson(req, res, await readUrlCollection(source, id, objectId, req.query['page']));
  };
}
