import { objectType } from '@artdag/claims';
import type { RequestHandler } from 'express';
import { gone, sendNegotiatedText } from '../http/answers.ts';
import type { Urls } from '../urls.ts';
import { assetText } from './asset-text.ts';
import { entityTag } from './changes/precondition.ts';
import { getAsset, type AssetFinder } from './get-asset.ts';

/** `GET /assets/{name}`; 410 with a Tombstone when it was deleted. */
export function getAssetRoute(deps: { urls: Urls; assets: AssetFinder }): RequestHandler<{ name: string }> {
  return async (req, res) => {
    const { view, version, deletedAt } = await getAsset(deps.assets, req.params.name);
    if (deletedAt !== null) {
      const tombstone = { id: deps.urls.asset(view.name), formerType: objectType(view.assetType), deletedAt };
      throw gone(req, `The asset ${view.name} was deleted; its name stays taken.`, tombstone);
    }
    const { head, tail } = assetText(deps.urls, view);
    res.setHeader('etag', entityTag(version));
    sendNegotiatedText(res, head + tail);
  };
}
