import type { RequestHandler } from 'express';
import { logPlaceSchema } from '../activities/log-place.ts';
import type { ReadApi, TryRead } from '../gateway/read-api.ts';
import { segment } from '../gateway/with-query.ts';
import type { SendPage } from '../html/page.ts';
import type { VisitorOf } from '../visitor/visitor.ts';
import { assetDetailSchema } from './asset.ts';
import { assetPage } from './asset.page.ts';

export interface AssetDeps {
  readApi: ReadApi;
  tryRead: TryRead;
  visitorOf: VisitorOf;
  sendPage: SendPage;
  publicScheme: 'https' | 'http';
}

/** `GET /asset/{name}` and, for people, `GET /assets/{name}`; with `?preview=1` the work itself. */
export function assetRoute(deps: AssetDeps): RequestHandler<{ name: string }> {
  return async (req, res) => {
    void deps.visitorOf(req);
    const path = `/assets/${segment(req.params.name)}`;
    const asset = await deps.readApi(req, path, assetDetailSchema, { as: 'visitor' });
    const place = await deps.tryRead(req, `/activities/${segment(asset.activity_id)}/anchor`, logPlaceSchema);
    const isPreviewAsked = req.query['preview'] === '1';
    await deps.sendPage(req, res, 200, assetPage({ asset, place, isPreviewAsked, publicScheme: deps.publicScheme }));
  };
}
