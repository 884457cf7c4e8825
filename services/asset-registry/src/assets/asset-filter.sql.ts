import type { AssetFilter } from './list-assets.query.ts';

/** What a list is asked for, apart by what an index finds. */
export interface FilterConditions {
  /** Found by an index of each order. */
  base: string;
  /** Found only by looking at rows, one after the other; empty when nothing of it is asked. */
  residual: string;
  /** Of the placeholders, from $1: first those of `base`. */
  values: unknown[];
  baseValues: number;
}

/**
 * The rows of `assets` that a viewer may list. Unlisted ones are their owner's only: row-level security alone would also
 * show those of one's organisation.
 */
export function filterConditions(filter: AssetFilter, viewerId: string | undefined): FilterConditions {
  const values: unknown[] = [];
  const value = (v: unknown): string => `$${values.push(v)}`;
  const base = ['deleted_at IS NULL'];
  const residual: string[] = [];
  base.push(
    viewerId === undefined ? `visibility = 'public'` : `(visibility = 'public' OR owner_actor_id = ${value(viewerId)})`,
  );
  if (filter.owner !== undefined) base.push(`owner_username = ${value(filter.owner)}`);
  if (filter.contentHash !== undefined) base.push(`content_hash = ${value(filter.contentHash)}`);
  const baseValues = values.length;
  if (filter.assetType !== undefined) residual.push(`asset_type = ${value(filter.assetType)}`);
  if (filter.tags.length > 0) residual.push(`tags @> ${value(filter.tags)}::text[]`);
  if (filter.q !== undefined) {
    const pattern = value(`%${filter.q.replace(/[\\%_]/g, '\\$&')}%`);
    residual.push(`(name ILIKE ${pattern} OR description ILIKE ${pattern})`);
  }
  return { base: base.join(' AND '), residual: residual.join(' AND '), values, baseValues };
}
