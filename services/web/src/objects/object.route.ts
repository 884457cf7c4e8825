import type { RequestHandler } from 'express';
import { z } from 'zod';
import { assetListSchema } from '../assets/asset.ts';
import type { ReadApi, TryRead } from '../gateway/read-api.ts';
import { segment, withQuery } from '../gateway/with-query.ts';
import type { SendPage } from '../html/page.ts';
import type { VisitorOf } from '../visitor/visitor.ts';
import { objectPage } from './object.page.ts';

const objectSchema = z.object({
  contentHash: z.object({ value: z.string() }),
});
const totalSchema = z.object({ totalItems: z.number() });

const shownClaims = 24;

export interface ObjectDeps {
  readApi: ReadApi;
  tryRead: TryRead;
  visitorOf: VisitorOf;
  sendPage: SendPage;
}

/** `GET /objects/{content_hash}` for people: who has claimed these bytes. */
export function objectRoute(deps: ObjectDeps): RequestHandler<{ hash: string }> {
  return async (req, res) => {
    void deps.visitorOf(req);
    const path = `/objects/${segment(req.params.hash)}`;
    const object = await deps.readApi(req, path, objectSchema);
    const hash = object.contentHash.value;
    const claims = withQuery('/assets', { content_hash: hash, sort: 'created_at', limit: shownClaims });
    const countOf = (what: string) => deps.tryRead(req, `${path}/${what}`, totalSchema);
    const [list, likes, shares, replies] = await Promise.all([
      deps.tryRead(req, claims, assetListSchema, { as: 'visitor' }),
      ...['likes', 'shares', 'replies'].map(countOf),
    ] as const);
    const counts = { likes: likes?.totalItems, shares: shares?.totalItems, replies: replies?.totalItems };
    await deps.sendPage(req, res, 200, objectPage({ hash, list, counts }));
  };
}
