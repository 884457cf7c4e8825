import type { Request, RequestHandler, Response } from 'express';
import { doneNotice } from '../account/done.ts';
import type { Refusal } from '../account/refusal.ts';
import type { ReadApi } from '../gateway/read-api.ts';
import { parameterOf, segment, textOf, withQuery } from '../gateway/with-query.ts';
import { csrfField, type SendPage } from '../html/page.ts';
import type { VisitorOf } from '../visitor/visitor.ts';
import { copyPage } from './copy.page.ts';
import { providerPage } from './provider.page.ts';
import { storagePage } from './storage.page.ts';
import { copyHistorySchema, copyListSchema, providerListSchema, providerSchema } from './storage.ts';

const pageSize = 30;
const asVisitor = { as: 'visitor' } as const;

export interface StorageDeps {
  readApi: ReadApi;
  visitorOf: VisitorOf;
  sendPage: SendPage;
}

/** `GET /storage?id&copy` for people: one's providers, one of them with its copies, or a copy with its history. */
export function storageRoute(deps: StorageDeps): RequestHandler {
  return async (req, res) => {
    void deps.visitorOf(req);
    const id = textOf(req.query['id']);
    const copy = textOf(req.query['copy']);
    if (id !== undefined && copy !== undefined) return sendCopy(deps, req, res, id, copy);
    if (id !== undefined) return sendProvider(deps, req, res, id);
    const { storage } = await deps.readApi(req, '/storage', providerListSchema, asVisitor);
    await deps.sendPage(req, res, 200, storagePage(storage, doneNotice(req.query['done'])));
  };
}

/** A provider's page, with why its last button did nothing. */
export async function sendProvider(
  { readApi, sendPage }: StorageDeps,
  req: Request,
  res: Response,
  id: string,
  { refusal }: { refusal?: Refusal } = {},
): Promise<void> {
  const path = `/storage/${segment(id)}`;
  const after = textOf(req.query['after']);
  const [provider, copies] = await Promise.all([
    readApi(req, path, providerSchema, asVisitor),
    readApi(req, withQuery(`${path}/pins`, { limit: pageSize, after }), copyListSchema, asVisitor),
  ]);
  const nextAfter = parameterOf(copies.next, 'after');
  const around = { csrf: csrfField(req), notice: doneNotice(req.query['done']), refusal };
  await sendPage(req, res, refusal?.status ?? 200, providerPage({ provider, copies, after, nextAfter, ...around }));
}

async function sendCopy({ readApi, sendPage }: StorageDeps, req: Request, res: Response, id: string, hash: string) {
  const path = `/storage/${segment(id)}/pins/${segment(hash)}`;
  const paged = withQuery(path, { limit: pageSize, before: textOf(req.query['before']) });
  const copy = await readApi(req, paged, copyHistorySchema, asVisitor);
  await sendPage(req, res, 200, copyPage(id, copy, parameterOf(copy.next, 'before')));
}
