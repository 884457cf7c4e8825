import { activityText, actorUrl, type ActivityInput, type DocumentText } from './activity-text.ts';
import { claimObjectText, type ClaimAsset } from './claim-object.ts';

export interface UpdateInput extends ActivityInput {
  /** URL of what changed: the content's object, or the asset itself where another asset speaks for that object. */
  objectId: string;
  /** As it is after the change. */
  asset: ClaimAsset;
}

/**
 * The `Update` of a claim, as text: its object is the whole one of a Create with what has changed, and `updated`.
 *
 * @throws TypeError when the asset holds what canonical JSON cannot say (jcs.ts).
 */
export function updateActivityText(input: UpdateInput): DocumentText {
  const { objectId: id, asset, published: updated } = input;
  const object = claimObjectText({ id, attributedTo: actorUrl(input), asset, updated });
  return activityText('Update', input, asset.visibility, object);
}
