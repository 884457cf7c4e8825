import type { Request, RequestHandler, Response } from 'express';
import { doneNotice } from '../account/done.ts';
import type { Refusal } from '../account/refusal.ts';
import { nextOffsetOf, offsetOf } from '../gateway/offset.ts';
import type { ReadApi, TryRead } from '../gateway/read-api.ts';
import { segment, textOf, withQuery } from '../gateway/with-query.ts';
import { csrfField, type SendPage } from '../html/page.ts';
import { isSysadmin, type VisitorOf } from '../visitor/visitor.ts';
import { anchorPage } from './anchor.page.ts';
import { anchorDetailSchema, anchorListSchema, calendarListSchema, checkpointListSchema } from './anchor.ts';
import { anchorsPage } from './anchors.page.ts';
import type { LogSize } from './growth-plot.ts';

const pageSize = 30;
/** As many as the API gives at once. */
const plotted = 100;

export interface AnchorsDeps {
  readApi: ReadApi;
  tryRead: TryRead;
  visitorOf: VisitorOf;
  sendPage: SendPage;
}

/** `GET /anchors?root&offset` for people: the list, or the anchor of that root. */
export function anchorsRoute(deps: AnchorsDeps): RequestHandler {
  return async (req, res) => {
    void deps.visitorOf(req);
    const root = textOf(req.query['root']);
    if (root === undefined) return sendAnchors(deps, req, res);
    await sendAnchor(deps, req, res, root);
  };
}

/** The anchor of a root, with the form of administrators and why it did nothing. */
export async function sendAnchor(deps: AnchorsDeps, req: Request, res: Response, root: string, refusal?: Refusal) {
  const [visitor, anchor] = await Promise.all([
    deps.visitorOf(req),
    deps.readApi(req, `/anchors/${segment(root)}`, anchorDetailSchema),
  ]);
  const csrf = isSysadmin(visitor) ? csrfField(req) : undefined;
  const page = anchorPage({ anchor, csrf, notice: doneNotice(req.query['done']), refusal: refusal?.message });
  await deps.sendPage(req, res, refusal?.status ?? 200, page);
}

/** The list, with the form that makes an anchor where it is managed, and why it could not. */
export async function sendAnchors(
  deps: AnchorsDeps,
  req: Request,
  res: Response,
  { isManaged = false, refusal }: { isManaged?: boolean; refusal?: Refusal } = {},
): Promise<void> {
  const offset = offsetOf(req.query['offset']);
  const [list, calendars, sizes] = await Promise.all([
    deps.readApi(req, withQuery('/anchors', { limit: pageSize, offset }), anchorListSchema),
    deps.tryRead(req, '/anchors/calendars', calendarListSchema),
    logSizes(deps, req),
  ]);
  const form = isManaged ? { csrf: csrfField(req), refusal: refusal?.message } : undefined;
  const page = anchorsPage({ list, calendars, sizes, offset, nextOffset: nextOffsetOf(list.next), form });
  await deps.sendPage(req, res, refusal?.status ?? 200, page);
}

/** The first checkpoints and the last anchors: the beginning of the log as it was signed, the rest as it was anchored. */
async function logSizes({ tryRead }: AnchorsDeps, req: Request): Promise<LogSize[]> {
  const [first, last] = await Promise.all([
    tryRead(req, withQuery('/log/checkpoints', { limit: plotted }), checkpointListSchema),
    tryRead(req, withQuery('/anchors', { limit: plotted }), anchorListSchema),
  ]);
  return [
    ...(first?.checkpoints ?? []).map(({ size, signed_at: at }) => ({ at, size })),
    ...(last?.anchors ?? []).map(({ log_size: size, created_at: at }) => ({ at, size })),
  ];
}
