import type { Visibility } from './activity-text.ts';
import { jcs, quote } from './jcs.ts';
import { digestMultibase } from './multibase.ts';

/** What a claim says about a work. Absent and null members are left out of the claim, as is empty metadata. */
export interface ClaimAsset {
  name: string;
  /** Lower-case hex SHA3-256, 64 characters. */
  contentHash: string;
  assetType: string;
  tags: readonly string[];
  mediaType?: string | null;
  url?: string | null;
  metadata?: Record<string, unknown>;
  visibility?: Visibility;
}

const objectTypes = new Map([
  ['image', 'Image'],
  ['video', 'Video'],
  ['audio', 'Audio'],
  ['effect', 'Application'],
  ['infrastructure', 'Application'],
]);

/** The ActivityStreams type of a kind of asset. */
export function objectType(assetType: string): string {
  return objectTypes.get(assetType) ?? 'Document';
}

export interface ObjectInput {
  /** URL. */
  id: string;
  /** URL of the owner's actor. */
  attributedTo: string;
  asset: ClaimAsset;
  /** ISO-8601 UTC: when an Update changed it. */
  updated?: string;
}

/**
 * The object of a Create or Update as canonical text.
 *
 * @throws TypeError when the asset holds what canonical JSON cannot say (jcs.ts).
 */
export function claimObjectText({ id, attributedTo, asset, updated }: ObjectInput): string {
  let text = `{"attributedTo":${quote(attributedTo)},${contentHashText(asset.contentHash)}`;
  text += `,"digestMultibase":"${digestMultibase(asset.contentHash)}"`;
  text += `,"id":${quote(id)}`;
  if (asset.mediaType) text += `,"mediaType":${quote(asset.mediaType)}`;
  if (asset.metadata && Object.keys(asset.metadata).length > 0) text += `,"metadata":${jcs(asset.metadata)}`;
  text += `,"name":${quote(asset.name)}`;
  if (asset.tags.length > 0) text += `,"tag":[${asset.tags.map(tagText).join(',')}]`;
  text += `,"type":"${objectType(asset.assetType)}"`;
  if (updated !== undefined) text += `,"updated":${quote(updated)}`;
  if (asset.url) text += `,"url":${quote(asset.url)}`;
  return `${text}}`;
}

/** The member `contentHash`. */
export function contentHashText(contentHash: string): string {
  return `"contentHash":{"algorithm":"sha3-256","value":${quote(contentHash)}}`;
}

function tagText(tag: string): string {
  return `{"name":${quote(`#${tag}`)},"type":"Hashtag"}`;
}
