import { notFound } from '../http/answers.ts';
import type { AssetView } from './asset-text.ts';
import { assetName } from './new-asset.ts';

export interface FoundAsset {
  view: AssetView;
  /** How many claims there are on it. */
  version: number;
  deletedAt: Date | null;
}

export interface AssetFinder {
  /** Whoever knows its name may see an asset, also an unlisted one; a deleted one is found as it was last. */
  findByName(name: string): Promise<FoundAsset | null>;
}

/** @throws AppError 404 */
export async function getAsset(assets: AssetFinder, name: string): Promise<FoundAsset> {
  const asset = assetName.test(name) ? await assets.findByName(name) : null;
  if (asset === null) throw notFound('asset');
  return asset;
}
