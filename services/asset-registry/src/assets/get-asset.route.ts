import type { RequestHandler } from 'express';
import { sendNegotiatedText } from '../http/answers.ts';
import type { Urls } from '../urls.ts';
import { assetText } from './asset-text.ts';
import { getAsset, type AssetFinder } from './get-asset.ts';

/** `GET /assets/{name}` */
export function getAssetRoute(deps: { urls: Urls; assets: AssetFinder }): RequestHandler<{ name: string }> {
  return async (req, res) => {
    const { head, tail } = assetText(deps.urls, await getAsset(deps.assets, req.params.name));
    sendNegotiatedText(res, head + tail);
  };
}
