import type { RequestHandler } from 'express';
import { nextOffsetOf, offsetOf } from '../gateway/offset.ts';
import type { ReadApi } from '../gateway/read-api.ts';
import { withQuery } from '../gateway/with-query.ts';
import type { SendPage } from '../html/page.ts';
import type { VisitorOf } from '../visitor/visitor.ts';
import { userListSchema } from './user.ts';
import { usersPage } from './users.page.ts';

const pageSize = 30;

/** `GET /users?offset` for people. */
export function usersRoute(deps: { readApi: ReadApi; visitorOf: VisitorOf; sendPage: SendPage }): RequestHandler {
  return async (req, res) => {
    void deps.visitorOf(req);
    const offset = offsetOf(req.query['offset']);
    const list = await deps.readApi(req, withQuery('/users', { limit: pageSize, offset }), userListSchema);
    await deps.sendPage(req, res, 200, usersPage({ list, offset, nextOffset: nextOffsetOf(list.next) }));
  };
}
