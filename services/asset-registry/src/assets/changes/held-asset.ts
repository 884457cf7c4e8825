import { AppError } from '@artdag/service-kit';
import { notFound } from '../../http/answers.ts';
import type { Urls } from '../../urls.ts';
import type { AssetView } from '../asset-text.ts';
import { assetName } from '../new-asset.ts';

/** An asset that is to be changed, as it was when it was looked at. */
export interface HeldAsset {
  id: string;
  /** How many claims there are on it: 1 after its Create. */
  version: number;
  ownerActorId: string;
  orgId: string | null;
  deleted: boolean;
  /** Whether it is the earliest of its content that is not deleted, and so what the content's object shows. */
  speaks: boolean;
  /** Whether no other asset of its content is left. */
  last: boolean;
  view: AssetView;
}

export interface HeldAssetFinder {
  /** Deleted ones too. */
  find(name: string): Promise<HeldAsset | null>;
}

/** @throws AppError 404 `not_found`, 410 `gone` */
export async function findPresent(assets: HeldAssetFinder, name: string): Promise<HeldAsset> {
  const held = assetName.test(name) ? await assets.find(name) : null;
  if (held === null) throw notFound('asset');
  if (held.deleted) throw new AppError('gone', 410, `The asset ${name} was deleted; its name stays taken.`);
  return held;
}

/** @throws AppError 403 `not_owner` */
export function refuseOthers(held: HeldAsset, actorId: string): void {
  if (held.ownerActorId === actorId) return;
  throw new AppError('not_owner', 403, `The asset ${held.view.name} belongs to somebody else.`);
}

/**
 * What a change of an asset is about, as followers know it: the object of its content while it is the one that shows there, otherwise the
 * asset alone, so that nobody takes another asset's words, or the content itself, for changed (ADR 0018). Not by its name: a Delete outlasts the
 * erasure of what people wrote.
 */
export function objectIdOf(urls: Urls, { id, view }: HeldAsset, forItsContent: boolean): string {
  const content = urls.object(view.contentHash);
  return forItsContent ? content : `${content}#${id}`;
}
