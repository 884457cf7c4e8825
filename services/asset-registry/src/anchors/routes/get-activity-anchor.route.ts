import type { RequestHandler } from 'express';
import { sendJsonText } from '../../http/answers.ts';
import { getActivityAnchor, type ActivityAnchorDeps } from '../activity-anchor.ts';

/** `GET /activities/{ref}/anchor` */
export function getActivityAnchorRoute(deps: ActivityAnchorDeps): RequestHandler<{ ref: string }> {
  return async (req, res) => {
    sendJsonText(res, 200, JSON.stringify(await getActivityAnchor(deps, req.params.ref)));
  };
}
