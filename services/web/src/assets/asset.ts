import { z } from 'zod';
import { segment } from '../gateway/with-query.ts';

const linkedAsset = z.object({ name: z.string(), content_hash: z.string(), asset_type: z.string(), owner: z.string() });

/** As lists have them (art-dag-l2.md §7.1). */
export const assetSchema = linkedAsset.extend({
  tags: z.array(z.string()),
  url: z.string().nullable(),
  ipfs_cid: z.string().nullable(),
  description: z.string().nullable(),
  metadata: z.record(z.string(), z.unknown()),
  origin: z.object({ type: z.string(), url: z.string().optional(), note: z.string().optional() }).nullable(),
  visibility: z.enum(['public', 'unlisted']),
  activity_id: z.string(),
  created_at: z.string(),
  updated_at: z.string(),
});

/** What is shown of a run's record; the rest of it is the L1's. */
const provenanceSchema = z.object({
  l1_server: z.string(),
  run_id: z.string(),
  rendered_at: z.string().nullable().optional(),
});

/** With what it was made from and what was made from it. */
export const assetDetailSchema = assetSchema.extend({
  provenance: provenanceSchema.nullable().catch(null),
  made_from: z.array(linkedAsset),
  made_from_next: z.string().nullable(),
  used_in: z.array(linkedAsset),
  used_in_next: z.string().nullable(),
});

export const assetListSchema = z.object({
  assets: z.array(assetSchema),
  total: z.number(),
  total_estimated: z.boolean().optional(),
  next_cursor: z.string().nullable(),
});

export type LinkedAsset = z.output<typeof linkedAsset>;
export type Asset = z.output<typeof assetSchema>;
export type AssetDetail = z.output<typeof assetDetailSchema>;
export type AssetList = z.output<typeof assetListSchema>;

const nouns: Record<string, string> = {
  image: 'an image',
  video: 'a video',
  audio: 'a sound',
  effect: 'an effect',
  recipe: 'a recipe',
  infrastructure: 'a piece of infrastructure',
  document: 'a document',
};

/** A type with its article. */
export function typeInWords(type: string): string {
  return nouns[type] ?? 'a work';
}

export function assetPath(name: string): string {
  return `/asset/${segment(name)}`;
}
