import { validate } from '@artdag/service-kit';
import type { RequestHandler } from 'express';
import { sendNegotiatedText } from '../http/answers.ts';
import { pageAddress } from '../http/page-address.ts';
import { totalText } from '../http/totals.ts';
import type { Urls } from '../urls.ts';
import { assetText } from './asset-text.ts';
import { listQuerySchema } from './list-assets.query.ts';
import { listAssets, type AssetLister } from './list-assets.ts';

/** `GET /assets` (art-dag-l2.md §7.2) */
export function listAssetsRoute(deps: { urls: Urls; assetList: AssetLister }): RequestHandler {
  return async (req, res) => {
    const query = validate('query', listQuerySchema, req.query);
    const { assets, total, nextCursor: cursor } = await listAssets(deps.assetList, query, req.actor?.actor_id);
    const next = cursor === null ? null : pageAddress(req, { limit: String(query.limit), cursor }, ['offset']);
    if (next !== null) res.setHeader('link', `<${next}>; rel="next"`);
    const texts = assets.map((asset) => {
      const { head, tail } = assetText(deps.urls, asset);
      return head + tail;
    });
    sendNegotiatedText(
      res,
      `{"assets":[${texts.join(',')}],${totalText(total)},"limit":${query.limit},"offset":${query.offset}` +
        `,"next_cursor":${JSON.stringify(cursor)},"next":${JSON.stringify(next)}}`,
    );
  };
}
