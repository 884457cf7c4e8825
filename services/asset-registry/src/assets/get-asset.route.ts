import type { RequestHandler } from 'express';
import { sendNegotiatedText } from '../http/answers.ts';
import { assetText } from './asset-text.ts';
import { entityTag } from './changes/precondition.ts';
import { presentAsset, type PresentAssetDeps } from './present-asset.ts';
import { linkMembers, shownLinks } from './runs/link-text.ts';
import { linksOf, type Direction, type LinkFinder } from './runs/links.ts';

export interface GetAssetDeps extends PresentAssetDeps {
  links: LinkFinder;
}

/** `GET /assets/{name}`, with what it was made from and what was made from it; 410 with a Tombstone when it was deleted, or erased. */
export function getAssetRoute(deps: GetAssetDeps): RequestHandler<{ name: string }> {
  return async (req, res) => {
    const { id, view, version } = await presentAsset(deps, req, req.params.name);
    const query = {
      ...{ asset: { id, contentHash: view.contentHash }, after: '', limit: shownLinks },
      viewer: req.actor?.actor_id,
    };
    const linked = (direction: Direction) => linksOf(deps.links, direction, query);
    const [madeFrom, usedIn] = await Promise.all([linked('madeFrom'), linked('usedIn')]);
    const { head, tail } = assetText(deps.urls, view);
    // Of the asset's own version, for those who change it; links come and go with others.
    res.setHeader('etag', entityTag(version));
    sendNegotiatedText(res, head + linkMembers(deps.urls, view.name, { madeFrom, usedIn }) + tail);
  };
}
