import { activityText, actorUrl, type ActivityInput, type DocumentText } from './activity-text.ts';
import { claimObjectText, type ClaimAsset } from './claim-object.ts';

export interface CreateInput extends ActivityInput {
  asset: ClaimAsset;
}

/**
 * The `Create` that claims a work, as text (art-dag-l2.md §8.4).
 *
 * @throws TypeError when the asset holds what canonical JSON cannot say (jcs.ts).
 */
export function createActivityText(input: CreateInput): DocumentText {
  const { asset, publicUrl } = input;
  const id = `${publicUrl}/objects/${asset.contentHash}`;
  const object = claimObjectText({ id, attributedTo: actorUrl(input), asset });
  return activityText('Create', input, asset.visibility, object);
}

/** The same as an object, its members in canonical order. */
export function composeCreate(input: CreateInput): Record<string, unknown> {
  const { head, tail } = createActivityText(input);
  return JSON.parse(head + tail) as Record<string, unknown>;
}
