import { objectType } from '@artdag/claims';
import type { RequestHandler } from 'express';
import type { ErasedNames } from '../erasure/erased-names.ts';
import { erased, gone, sendNegotiatedText } from '../http/answers.ts';
import { wholeSeconds } from '../http/times.ts';
import type { Urls } from '../urls.ts';
import { assetText } from './asset-text.ts';
import { entityTag } from './changes/precondition.ts';
import { getAsset, type AssetFinder } from './get-asset.ts';

export interface GetAssetDeps {
  urls: Urls;
  assets: AssetFinder;
  names: Pick<ErasedNames, 'erasedAt'>;
}

/** `GET /assets/{name}`; 410 with a Tombstone when it was deleted, or erased. */
export function getAssetRoute(deps: GetAssetDeps): RequestHandler<{ name: string }> {
  return async (req, res) => {
    const { name } = req.params;
    const found = await getAsset(deps, name);
    if (found instanceof Date) {
      const left = { id: deps.urls.asset(name), deleted: wholeSeconds(found.toISOString()) };
      throw erased(req, `The asset ${name} was erased; its name stays taken.`, left);
    }
    const { view, version, deletedAt } = found;
    if (deletedAt !== null) {
      const tombstone = { id: deps.urls.asset(view.name), formerType: objectType(view.assetType), deletedAt };
      throw gone(req, `The asset ${view.name} was deleted; its name stays taken.`, tombstone);
    }
    const { head, tail } = assetText(deps.urls, view);
    res.setHeader('etag', entityTag(version));
    sendNegotiatedText(res, head + tail);
  };
}
