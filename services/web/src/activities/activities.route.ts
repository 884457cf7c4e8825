import type { RequestHandler } from 'express';
import type { ReadApi } from '../gateway/read-api.ts';
import { textOf, withQuery } from '../gateway/with-query.ts';
import { nextOffsetOf, offsetOf } from '../gateway/offset.ts';
import type { SendPage } from '../html/page.ts';
import type { VisitorOf } from '../visitor/visitor.ts';
import { activitiesPage } from './activities.page.ts';
import { activityListSchema } from './activity.ts';

const pageSize = 30;

/** `GET /activities?actor&type&offset` for people. */
export function activitiesRoute(deps: { readApi: ReadApi; visitorOf: VisitorOf; sendPage: SendPage }): RequestHandler {
  return async (req, res) => {
    void deps.visitorOf(req);
    const actor = textOf(req.query['actor']);
    const type = textOf(req.query['type']);
    const offset = offsetOf(req.query['offset']);
    const list = await deps.readApi(
      req,
      withQuery('/activities', { actor, type, limit: pageSize, offset }),
      activityListSchema,
    );
    const nextOffset = nextOffsetOf(list.next);
    await deps.sendPage(req, res, 200, activitiesPage({ list, actor, type, offset, nextOffset }));
  };
}
