import type { RequestHandler } from 'express';
import type { ReadApi, TryRead } from '../gateway/read-api.ts';
import { segment } from '../gateway/with-query.ts';
import type { SendPage } from '../html/page.ts';
import type { VisitorOf } from '../visitor/visitor.ts';
import { activityPage } from './activity.page.ts';
import { activitySchema } from './activity.ts';
import { logPlaceSchema } from './log-place.ts';

export interface ActivityDeps {
  readApi: ReadApi;
  tryRead: TryRead;
  visitorOf: VisitorOf;
  sendPage: SendPage;
}

/** `GET /activity/{ref}` and, for people, `GET /activities/{ref}`. */
export function activityRoute(deps: ActivityDeps): RequestHandler<{ ref: string }> {
  return async (req, res) => {
    void deps.visitorOf(req);
    const path = `/activities/${segment(req.params.ref)}`;
    const [activity, place] = await Promise.all([
      deps.readApi(req, path, activitySchema),
      deps.tryRead(req, `${path}/anchor`, logPlaceSchema),
    ]);
    await deps.sendPage(req, res, 200, activityPage(activity, place));
  };
}
