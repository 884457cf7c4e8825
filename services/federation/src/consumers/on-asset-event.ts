import type { assetDeleted, assetRegistered, assetUpdated, Envelope } from '@artdag/events';
import type { Execute } from '@artdag/messaging';
import type { z } from 'zod';
import { publishClaim, type PublishDeps } from '../publications/publish-claim.ts';

type AssetEvent = Envelope<z.output<(typeof assetRegistered | typeof assetUpdated | typeof assetDeleted)['data']>>;

export interface OnAssetEventDeps extends PublishDeps {
  onPublished: () => void;
}

/**
 * `asset-registered`, `asset-updated` and `asset-deleted` of asset-registry: the activity goes to the outbox and to the followers. Its id is the
 * activity's own: the asset's `activity_id` stays that of its Create, whatever happened since.
 */
export function onAssetEvent(deps: OnAssetEventDeps) {
  return async (event: AssetEvent, execute: Execute): Promise<void> => {
    const { subject, subject_version: version } = event;
    const result = await publishClaim(deps, execute, { subject, version, activity: event.data.activity, event });
    if (result === 'published') deps.onPublished();
  };
}
