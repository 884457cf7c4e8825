import type { assetDeleted, assetRegistered, assetUpdated, Envelope } from '@artdag/events';
import type { Execute } from '@artdag/messaging';
import type { z } from 'zod';
import type { LocalUrls } from '../urls.ts';
import { publishClaim } from '../publications/publish-claim.ts';

type AssetEvent = Envelope<z.output<(typeof assetRegistered | typeof assetUpdated | typeof assetDeleted)['data']>>;

/**
 * `asset-registered`, `asset-updated` and `asset-deleted` of asset-registry: the activity is published. Its id is the activity's own: the
 * asset's `activity_id` stays that of its Create, whatever happened since.
 */
export function onAssetEvent(urls: LocalUrls) {
  return async (event: AssetEvent, execute: Execute): Promise<void> => {
    const { subject, subject_version: version } = event;
    await publishClaim(urls, execute, { subject, version, activity: event.data.activity, event });
  };
}
