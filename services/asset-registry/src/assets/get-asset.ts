import { notFound } from '../http/answers.ts';
import type { AssetView } from './asset-text.ts';
import { assetName } from './new-asset.ts';

export interface AssetFinder {
  /** Whoever knows its name may see an asset, also an unlisted one. */
  findByName(name: string): Promise<AssetView | null>;
}

/** @throws AppError 404 */
export async function getAsset(assets: AssetFinder, name: string): Promise<AssetView> {
  const asset = assetName.test(name) ? await assets.findByName(name) : null;
  if (asset === null) throw notFound('asset');
  return asset;
}
