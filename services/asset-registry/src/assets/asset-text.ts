import type { Urls } from '../urls.ts';

/** An asset as it is shown; members named `…Json` are JSON text already, times are ISO-8601 UTC. */
export interface AssetView {
  name: string;
  contentHash: string;
  assetType: string;
  tagsJson: string;
  ownerUsername: string;
  url: string | null;
  ipfsCid: string | null;
  description: string | null;
  metadataJson: string;
  originJson: string;
  provenanceJson: string | null;
  visibility: 'public' | 'unlisted';
  activityId: string;
  createdAt: string;
  updatedAt: string;
}

/** An asset's JSON (art-dag-l2.md §7.1), cut where the answer to a registration holds its `activity`. */
export interface AssetText {
  head: string;
  tail: string;
}

/** Written as text, because a page has fifty of them and a registration needs it three times. */
export function assetText(urls: Urls, asset: AssetView): AssetText {
  const q = JSON.stringify;
  return {
    head:
      `{"name":${q(asset.name)},"content_hash":${q(asset.contentHash)},"asset_type":${q(asset.assetType)}` +
      `,"tags":${asset.tagsJson},"owner":${q(asset.ownerUsername)},"owner_id":${q(urls.actor(asset.ownerUsername))}` +
      `,"url":${q(asset.url)},"ipfs_cid":${q(asset.ipfsCid)},"description":${q(asset.description)}` +
      `,"metadata":${asset.metadataJson},"origin":${asset.originJson},"provenance":${asset.provenanceJson ?? 'null'}` +
      `,"visibility":${q(asset.visibility)},"object_id":${q(urls.object(asset.contentHash))}` +
      `,"activity_id":${q(asset.activityId)},"activity_url":${q(urls.activity(asset.activityId))}`,
    tail: `,"created_at":${q(asset.createdAt)},"updated_at":${q(asset.updatedAt)}}`,
  };
}
