import type { ErasedNames } from '../erasure/erased-names.ts';
import { notFound } from '../http/answers.ts';
import type { AssetView } from './asset-text.ts';
import { assetName } from './new-asset.ts';

export interface FoundAsset {
  id: string;
  view: AssetView;
  /** How many claims there are on it. */
  version: number;
  deletedAt: Date | null;
}

export interface AssetFinder {
  /** Whoever knows its name may see an asset, also an unlisted one; a deleted one is found as it was last. */
  findByName(name: string): Promise<FoundAsset | null>;
}

/**
 * An asset; of an erased one no more is known than when that was.
 *
 * @throws AppError 404
 */
export async function getAsset(
  { assets, names }: { assets: AssetFinder; names: Pick<ErasedNames, 'erasedAt'> },
  name: string,
): Promise<FoundAsset | Date> {
  if (!assetName.test(name)) throw notFound('asset');
  const found = (await assets.findByName(name)) ?? (await names.erasedAt(name));
  if (found === null) throw notFound('asset');
  return found;
}
