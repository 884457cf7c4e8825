import type { RequestHandler } from 'express';
import { sendActivityStreamsText } from '../http/answers.ts';
import { getActivity, type ActivityFinder } from './get-activity.ts';

/** `GET /activities/{ref}` */
export function getActivityRoute(deps: { activities: ActivityFinder }): RequestHandler<{ ref: string }> {
  return async (req, res) => {
    sendActivityStreamsText(req, res, await getActivity(deps.activities, req.params.ref));
  };
}
