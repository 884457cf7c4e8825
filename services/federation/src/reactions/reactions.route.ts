import type { Execute } from '@artdag/messaging';
import { AppError } from '@artdag/service-kit';
import type { RequestHandler } from 'express';
import { goneAs, sendActivityJson } from '../http/activity-json.ts';
import type { LocalUrls } from '../urls.ts';
import { readReactions, type ReactionKind } from './read-reactions.ts';

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
  return async (req, res) => {
    const { hash } = req.params;
    const objectId = `${deps.urls.publicUrl}/objects/${hash}`;
    const id = `${objectId}/${names[kind]}`;
    const asked = { objectId, kind, id, page: req.query['page'] };
    const found = HASH.test(hash) ? await readReactions(deps.execute, asked) : undefined;
    if (found === undefined) throw new AppError('not_found', 404, 'No such object was published here.');
    if (typeof found !== 'string') {
      const message = 'What was claimed of this content was erased.';
      throw goneAs(req, 'gone', message, { id, formerType: 'OrderedCollection' });
    }
    sendActivityJson(req, res, found);
  };
}
