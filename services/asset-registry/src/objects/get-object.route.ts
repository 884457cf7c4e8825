import type { RequestHandler } from 'express';
import { sendActivityStreamsText } from '../http/answers.ts';
import { getObject, type FirstClaimFinder } from './get-object.ts';

/** `GET /objects/{content_hash}` */
export function getObjectRoute(deps: { objects: FirstClaimFinder }): RequestHandler<{ hash: string }> {
  return async (req, res) => {
    sendActivityStreamsText(req, res, await getObject(deps.objects, req.params.hash));
  };
}
