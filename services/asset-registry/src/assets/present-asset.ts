import { objectType } from '@artdag/claims';
import type { Request } from 'express';
import type { ErasedNames } from '../erasure/erased-names.ts';
import { erased, gone } from '../http/answers.ts';
import { wholeSeconds } from '../http/times.ts';
import type { Urls } from '../urls.ts';
import { getAsset, type AssetFinder, type FoundAsset } from './get-asset.ts';

export interface PresentAssetDeps {
  urls: Urls;
  assets: AssetFinder;
  names: Pick<ErasedNames, 'erasedAt'>;
}

/** An asset that is there. @throws AppError 404, 410 with a Tombstone when it was deleted, or erased */
export async function presentAsset(
  deps: PresentAssetDeps,
  req: Request<{ name: string }>,
  name: string,
): Promise<FoundAsset> {
  const found = await getAsset(deps, name);
  if (found instanceof Date) {
    const left = { id: deps.urls.asset(name), deleted: wholeSeconds(found.toISOString()) };
    throw erased(req, `The asset ${name} was erased; its name stays taken.`, left);
  }
  const { view, deletedAt } = found;
  if (deletedAt === null) return found;
  const tombstone = { id: deps.urls.asset(view.name), formerType: objectType(view.assetType), deletedAt };
  throw gone(req, `The asset ${view.name} was deleted; its name stays taken.`, tombstone);
}
