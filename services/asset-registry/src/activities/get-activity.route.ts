import type { RequestHandler } from 'express';
import { erased, sendActivityStreamsText } from '../http/answers.ts';
import { getActivity, type ActivityFinder } from './get-activity.ts';

/** `GET /activities/{ref}`; 410 with a Tombstone when it was erased. */
export function getActivityRoute(deps: { activities: ActivityFinder }): RequestHandler<{ ref: string }> {
  return async (req, res) => {
    const found = await getActivity(deps.activities, req.params.ref);
    if (found.erased) {
      const tombstone = JSON.parse(found.document) as { id: string; deleted: string };
      throw erased(req, 'What this claim said was erased; its place in the log stays.', tombstone);
    }
    sendActivityStreamsText(req, res, found.document);
  };
}
