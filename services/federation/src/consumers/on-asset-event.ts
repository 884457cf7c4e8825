import type { assetDeleted, assetRegistered, assetUpdated, Envelope } from '@artdag/events';
import type { Execute } from '@artdag/messaging';
import type { z } from 'zod';
import { publishClaim, type PublishDeps } from '../publications/publish-claim.ts';

type AssetEvent = Envelope<z.output<(typeof assetRegistered | typeof assetUpdated | typeof assetDeleted)['data']>>;

export interface OnAssetEventDeps extends PublishDeps {
  onPublished: () => void;
}

/** `asset-registered`, `asset-updated` and `asset-deleted` of asset-registry: the activity goes to the outbox and to the followers. */
export function onAssetEvent(deps: OnAssetEventDeps) {
  return async (event: AssetEvent, execute: Execute): Promise<void> => {
    const { activity } = event.data;
    const { subject, subject_version: version } = event;
    const activityId = uuidOf(activity.id);
    const result = await publishClaim(deps, execute, { subject, version, activityId, activity, event });
    if (result === 'published') deps.onPublished();
  };
}

/** Activity ids end in their UUID. The asset's own `activity_id` stays that of its Create, whatever happened since. */
function uuidOf(activityUrl: string): string {
  return activityUrl.slice(activityUrl.lastIndexOf('/') + 1);
}
