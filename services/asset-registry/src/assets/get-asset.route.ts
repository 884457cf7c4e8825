import type { RequestHandler } from 'express';
import { notFound, sendNegotiatedText } from '../http/answers.ts';
import type { Urls } from '../urls.ts';
import type { AssetRepository } from './asset.repository.ts';
import { assetText } from './asset-text.ts';
import { assetName } from './new-asset.ts';

/** `GET /assets/{name}` */
export function getAssetRoute(deps: { urls: Urls; assets: AssetRepository }): RequestHandler<{ name: string }> {
  return async (req, res) => {
    const { name } = req.params;
    const asset = assetName.test(name) ? await deps.assets.findByName(name) : null;
    if (asset === null) throw notFound('asset');
    const { head, tail } = assetText(deps.urls, asset);
    sendNegotiatedText(res, head + tail);
  };
}
