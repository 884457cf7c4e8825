import type { RequestHandler } from 'express';
import type { ReadApi } from '../gateway/read-api.ts';
import { textOf, withQuery } from '../gateway/with-query.ts';
import type { SendPage } from '../html/page.ts';
import type { VisitorOf } from '../visitor/visitor.ts';
import { readFilter } from './asset-filter.ts';
import { assetListSchema } from './asset.ts';
import { assetsPage } from './assets.page.ts';

const pageSize = 24;

/** `GET /assets?q&asset_type&tag&owner&content_hash&sort&cursor` for people. */
export function assetsRoute(deps: { readApi: ReadApi; visitorOf: VisitorOf; sendPage: SendPage }): RequestHandler {
  return async (req, res) => {
    void deps.visitorOf(req);
    const filter = readFilter(req.query);
    const cursor = textOf(req.query['cursor']);
    const path = withQuery('/assets', { ...filter, limit: pageSize, cursor });
    const list = await deps.readApi(req, path, assetListSchema, { as: 'visitor' });
    await deps.sendPage(req, res, 200, assetsPage({ list, filter, cursor }));
  };
}
