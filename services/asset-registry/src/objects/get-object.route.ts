import { objectType } from '@artdag/claims';
import type { RequestHandler } from 'express';
import { gone, sendActivityStreamsText } from '../http/answers.ts';
import type { Urls } from '../urls.ts';
import { getObject, type ContentFinder } from './get-object.ts';

/** `GET /objects/{content_hash}`; 410 with a Tombstone when all assets of the content were deleted. */
export function getObjectRoute(deps: { urls: Urls; contents: ContentFinder }): RequestHandler<{ hash: string }> {
  return async (req, res) => {
    const { hash } = req.params;
    const id = deps.urls.object(hash);
    const found = await getObject(deps.contents, hash, id);
    if (found.state === 'deleted') {
      const { assetType, deletedAt } = found;
      throw gone(req, 'What was claimed of this content was deleted.', {
        id,
        formerType: objectType(assetType),
        deletedAt,
      });
    }
    sendActivityStreamsText(req, res, JSON.stringify(found.object));
  };
}
