import type { Urls } from '../../urls.ts';
import { encodeLinkCursor, type LinkedAsset, type LinkPage } from './links.ts';

const q = JSON.stringify;

export function linkedText(urls: Urls, { name, contentHash, assetType, owner }: LinkedAsset): string {
  return (
    `{"name":${q(name)},"content_hash":${q(contentHash)},"asset_type":${q(assetType)}` +
    `,"owner":${q(owner)},"owner_id":${q(urls.actor(owner))}}`
  );
}

export function linkedTexts(urls: Urls, assets: readonly LinkedAsset[]): string {
  return `[${assets.map((asset) => linkedText(urls, asset)).join(',')}]`;
}

/** How many of each an asset itself shows. */
export const shownLinks = 20;

/** Members that end an asset's JSON: what it was made from and what was made from it, with where the rest is. */
export function linkMembers(urls: Urls, name: string, links: { madeFrom: LinkPage; usedIn: LinkPage }): string {
  const rest = (path: string, { next }: LinkPage): string =>
    q(next === null ? null : `/assets/${name}/${path}?cursor=${encodeLinkCursor(next)}`);
  return (
    `,"made_from":${linkedTexts(urls, links.madeFrom.assets)},"made_from_next":${rest('made-from', links.madeFrom)}` +
    `,"used_in":${linkedTexts(urls, links.usedIn.assets)},"used_in_next":${rest('used-in', links.usedIn)}`
  );
}
