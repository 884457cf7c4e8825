import { jcs } from '@artdag/claims';
import { z } from 'zod';
import type { AssetView } from '../asset-text.ts';
import { changeableFields } from '../new-asset.ts';

const { tags, url, ipfs_cid: ipfsCid, description, metadata, visibility } = changeableFields;

/**
 * The body of `PATCH /assets/{name}`: what is left out stays, `null` takes away. What cannot be changed is refused, so that nobody takes it
 * for changed.
 */
export const patchAssetSchema = z.strictObject({
  tags: tags
    .nullable()
    .transform((list) => list ?? [])
    .optional(),
  url: url.nullable().optional(),
  ipfs_cid: ipfsCid.nullable().optional(),
  description: description.nullable().optional(),
  metadata: metadata
    .nullable()
    .transform((value) => value ?? {})
    .optional(),
  visibility: visibility.optional(),
});

export type AssetPatch = z.output<typeof patchAssetSchema>;

/** The asset with the patch applied; null when that is what it was. */
export function patched(view: AssetView, patch: AssetPatch): AssetView | null {
  const after: AssetView = {
    ...view,
    tagsJson: patch.tags === undefined ? view.tagsJson : JSON.stringify(patch.tags),
    url: patch.url === undefined ? view.url : patch.url,
    ipfsCid: patch.ipfs_cid === undefined ? view.ipfsCid : patch.ipfs_cid,
    description: patch.description === undefined ? view.description : patch.description,
    metadataJson: patch.metadata === undefined ? view.metadataJson : jcs(patch.metadata),
    visibility: patch.visibility ?? view.visibility,
  };
  return sayings(after) === sayings(view) ? null : after;
}

/** What a patch can change, in one form: how the database spaces and orders JSON makes no difference. */
function sayings({ tagsJson, url, ipfsCid, description, metadataJson, visibility }: AssetView): string {
  return jcs([JSON.parse(tagsJson), url, ipfsCid, description, JSON.parse(metadataJson), visibility]);
}
