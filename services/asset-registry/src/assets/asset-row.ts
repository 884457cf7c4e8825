import type { AssetView } from './asset-text.ts';

/** JSON columns are read as text: they go out as they are. */
export const assetColumns = `id, name, content_hash, asset_type, array_to_json(tags)::text AS tags, owner_username, url, ipfs_cid,
  description, metadata::text AS metadata, origin::text AS origin, provenance::text AS provenance, visibility, activity_id,
  version, created_at, updated_at`;

/** What an L1 said at length is at the asset's own address: a page has a hundred assets, and each may have 64 KiB of it. */
export const listedAssetColumns = assetColumns.replace(
  'provenance::text',
  `(provenance - '{recipe,inputs,effects,infrastructure}'::text[])::text`,
);

export interface AssetRow {
  id: string;
  name: string;
  content_hash: string;
  asset_type: string;
  tags: string;
  owner_username: string;
  url: string | null;
  ipfs_cid: string | null;
  description: string | null;
  metadata: string;
  origin: string;
  provenance: string | null;
  visibility: 'public' | 'unlisted';
  activity_id: string;
  version: number;
  created_at: Date;
  updated_at: Date;
}

export function toAssetView(row: AssetRow): AssetView {
  return {
    name: row.name,
    contentHash: row.content_hash,
    assetType: row.asset_type,
    tagsJson: row.tags,
    ownerUsername: row.owner_username,
    url: row.url,
    ipfsCid: row.ipfs_cid,
    description: row.description,
    metadataJson: row.metadata,
    originJson: row.origin,
    provenanceJson: row.provenance,
    visibility: row.visibility,
    activityId: row.activity_id,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}
