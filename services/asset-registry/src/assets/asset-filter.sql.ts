import type { AssetFilter } from './list-assets.query.ts';

/** A condition and the values of its placeholders, from $1. */
export interface Condition {
  sql: string;
  values: unknown[];
}

/**
 * The rows of `assets` that a viewer may list. Unlisted ones are their owner's only: row-level security alone would also
 * show those of one's organisation.
 */
export function filterCondition(filter: AssetFilter, viewerId: string | undefined): Condition {
  const values: unknown[] = [];
  const value = (v: unknown): string => `$${values.push(v)}`;
  const parts = ['deleted_at IS NULL'];
  parts.push(
    viewerId === undefined ? `visibility = 'public'` : `(visibility = 'public' OR owner_actor_id = ${value(viewerId)})`,
  );
  if (filter.owner !== undefined) parts.push(`owner_username = ${value(filter.owner)}`);
  if (filter.assetType !== undefined) parts.push(`asset_type = ${value(filter.assetType)}`);
  if (filter.tags.length > 0) parts.push(`tags @> ${value(filter.tags)}::text[]`);
  if (filter.contentHash !== undefined) parts.push(`content_hash = ${value(filter.contentHash)}`);
  if (filter.q !== undefined) {
    const pattern = value(`%${filter.q.replace(/[\\%_]/g, '\\$&')}%`);
    parts.push(`(name ILIKE ${pattern} OR description ILIKE ${pattern})`);
  }
  return { sql: parts.join(' AND '), values };
}
