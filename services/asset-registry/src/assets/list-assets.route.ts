import { validate } from '@artdag/service-kit';
import type { RequestHandler } from 'express';
import { sendNegotiatedText } from '../http/answers.ts';
import { pageAddress } from '../http/page-address.ts';
import type { Urls } from '../urls.ts';
import type { AssetListRepository } from './asset-list.repository.ts';
import { assetText } from './asset-text.ts';
import { encodeCursor } from './cursor.ts';
import { listQuerySchema } from './list-assets.query.ts';

/** `GET /assets` (art-dag-l2.md §7.2) */
export function listAssetsRoute(deps: { urls: Urls; assetList: AssetListRepository }): RequestHandler {
  return async (req, res) => {
    const query = validate('query', listQuerySchema, req.query);
    const page = await deps.assetList.list(query, req.assertion?.actor.actor_id);
    const cursor = page.next === null ? null : encodeCursor(page.next);
    const next = cursor === null ? null : pageAddress(req, { limit: String(query.limit), cursor }, ['offset']);
    if (next !== null) res.setHeader('link', `<${next}>; rel="next"`);
    const assets = page.assets.map((asset) => {
      const { head, tail } = assetText(deps.urls, asset);
      return head + tail;
    });
    const { count, estimated } = page.total;
    sendNegotiatedText(
      res,
      `{"assets":[${assets.join(',')}],"total":${count}${estimated ? ',"total_estimated":true' : ''}` +
        `,"limit":${query.limit},"offset":${query.offset},"next_cursor":${JSON.stringify(cursor)},"next":${JSON.stringify(next)}}`,
    );
  };
}
