import type { Database } from '@artdag/database/registry';
import type { ContentFinder } from './get-object.ts';

interface Row {
  asset_type: string;
  deleted_at: Date | null;
  document: string;
}

/* An asset's Create is its `activity_id`; what came after it is found by the asset. */
const findContent = {
  name: 'find_content',
  text: `
WITH standing AS (
  SELECT id, activity_id, asset_type, deleted_at FROM assets WHERE content_hash = $1 AND deleted_at IS NULL ORDER BY created_at, id LIMIT 1),
former AS (
  SELECT id, activity_id, asset_type, deleted_at FROM assets
  WHERE content_hash = $1 AND NOT EXISTS (SELECT FROM standing) ORDER BY deleted_at DESC, id LIMIT 1)
SELECT asset_type, deleted_at, document FROM (SELECT * FROM standing UNION ALL SELECT * FROM former) shown JOIN activities claim
  ON claim.activity_id = coalesce(
    (SELECT later.activity_id FROM activities later WHERE later.asset_id = shown.id ORDER BY later.asset_version DESC LIMIT 1),
    shown.activity_id)`,
};

export function createContentRepository(database: Database): ContentFinder {
  return {
    async find(contentHash) {
      // Whoever has the hash may know what is claimed of it, unlisted or not: claims are public.
      const { rows } = await database.pgStatement<Row>({ ...findContent, values: [contentHash] }, { system: true });
      const row = rows[0];
      if (row === undefined) return null;
      const { asset_type: assetType, deleted_at: deletedAt, document } = row;
      return deletedAt === null ? { state: 'claimed', document } : { state: 'deleted', assetType, deletedAt };
    },
  };
}
