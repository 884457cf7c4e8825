import { activityText, type ActivityInput, type DocumentText, type Visibility } from './activity-text.ts';
import { contentHashText, objectType } from './claim-object.ts';
import { quote } from './jcs.ts';

export interface DeleteInput extends ActivityInput {
  /** URL of what is there no more: the content's object, or the asset alone where other assets have the same content. */
  objectId: string;
  /** Lower-case hex SHA3-256, 64 characters. */
  contentHash: string;
  assetType: string;
  visibility?: Visibility;
}

/**
 * The `Delete` of an asset, as text: its object is a `Tombstone`, which says of the work no more than its hash. `formerType` is an
 * id in the ActivityStreams context, so it needs the prefix: `Video` alone would be a relative address.
 */
export function deleteActivityText(input: DeleteInput): DocumentText {
  const { objectId, contentHash, assetType, published: deleted } = input;
  const object =
    `{${contentHashText(contentHash)},"deleted":${quote(deleted)},"formerType":"as:${objectType(assetType)}"` +
    `,"id":${quote(objectId)},"type":"Tombstone"}`;
  return activityText('Delete', input, input.visibility, object);
}
