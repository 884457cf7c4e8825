import { claimContextText, publicCollection } from './context.ts';
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
  /** Unlisted claims are addressed to the followers, with a copy to the public. */
  visibility?: 'public' | 'unlisted';
}

export interface CreateInput {
  /** Scheme and host of the installation, without a trailing slash. */
  publicUrl: string;
  username: string;
  /** UUID of the activity. */
  activityId: string;
  /** ISO-8601 UTC. */
  published: string;
  asset: ClaimAsset;
}

/**
 * A document in canonical form, cut at the place where its `proof` belongs: `head + tail` is the JCS of the unsigned
 * document, `head + ',"proof":{…}' + tail` that of the signed one.
 */
export interface DocumentText {
  head: string;
  /** The `object` alone, also canonical; a part of `head`. */
  object: string;
  tail: string;
}

const objectTypes = new Map([
  ['image', 'Image'],
  ['video', 'Video'],
  ['audio', 'Audio'],
  ['effect', 'Application'],
  ['infrastructure', 'Application'],
]);

/**
 * The `Create` that claims a work, as text (art-dag-l2.md §8.4).
 *
 * Text is written with its members already in canonical order, so that nothing has to be sorted or serialised twice on
 * the way from a request to its signature, its row and its answer.
 *
 * @throws TypeError when the asset holds what canonical JSON cannot say (jcs.ts).
 */
export function createActivityText(input: CreateInput): DocumentText {
  const apId = `${input.publicUrl}/users/${input.username}`;
  const actor = quote(apId);
  const followers = `[${quote(`${apId}/followers`)}]`;
  const everyone = `["${publicCollection}"]`;
  const listed = input.asset.visibility !== 'unlisted';
  const object = objectText(input.asset, actor, input.publicUrl);
  return {
    head:
      `{"@context":${claimContextText},"actor":${actor},"cc":${listed ? followers : everyone}` +
      `,"id":${quote(`${input.publicUrl}/activities/${input.activityId}`)},"object":${object}`,
    object,
    tail: `,"published":${quote(input.published)},"to":${listed ? everyone : followers},"type":"Create"}`,
  };
}

/** The same as an object, its members in canonical order. */
export function composeCreate(input: CreateInput): Record<string, unknown> {
  const { head, tail } = createActivityText(input);
  return JSON.parse(head + tail) as Record<string, unknown>;
}

function objectText(asset: ClaimAsset, actor: string, publicUrl: string): string {
  const hash = quote(asset.contentHash);
  let text = `{"attributedTo":${actor},"contentHash":{"algorithm":"sha3-256","value":${hash}}`;
  text += `,"digestMultibase":"${digestMultibase(asset.contentHash)}"`;
  text += `,"id":${quote(`${publicUrl}/objects/${asset.contentHash}`)}`;
  if (asset.mediaType) text += `,"mediaType":${quote(asset.mediaType)}`;
  if (asset.metadata && Object.keys(asset.metadata).length > 0) text += `,"metadata":${jcs(asset.metadata)}`;
  text += `,"name":${quote(asset.name)}`;
  if (asset.tags.length > 0) text += `,"tag":[${asset.tags.map(tagText).join(',')}]`;
  text += `,"type":"${objectTypes.get(asset.assetType) ?? 'Document'}"`;
  if (asset.url) text += `,"url":${quote(asset.url)}`;
  return `${text}}`;
}

function tagText(tag: string): string {
  return `{"name":${quote(`#${tag}`)},"type":"Hashtag"}`;
}
