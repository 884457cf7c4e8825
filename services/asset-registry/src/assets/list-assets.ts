import type { Total } from '../http/totals.ts';
import type { AssetView } from './asset-text.ts';
import { encodeCursor, type Position } from './cursor.ts';
import type { ListQuery } from './list-assets.query.ts';

export interface FoundAssets {
  assets: AssetView[];
  total: Total;
  /** Where the next page goes on; null on the last one. */
  next: Position | null;
}

export interface AssetLister {
  /** One page as the viewer may see it; undefined is an anonymous one. */
  list(query: ListQuery, viewerId: string | undefined): Promise<FoundAssets>;
}

export interface AssetPage extends Omit<FoundAssets, 'next'> {
  nextCursor: string | null;
}

export async function listAssets(
  lister: AssetLister,
  query: ListQuery,
  viewerId: string | undefined,
): Promise<AssetPage> {
  const { assets, total, next } = await lister.list(query, viewerId);
  return { assets, total, nextCursor: next === null ? null : encodeCursor(next) };
}
