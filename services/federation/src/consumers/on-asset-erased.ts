import type { assetErased, Envelope } from '@artdag/events';
import type { Execute } from '@artdag/messaging';
import type { z } from 'zod';
import { eraseClaims, type EraseDeps } from '../publications/erase-claims.ts';

/** `asset-erased` of asset-registry: tombstones stand where the outbox had its claims, and nothing more of them goes out. */
export function onAssetErased(deps: EraseDeps) {
  return async (event: Envelope<z.output<typeof assetErased.data>>, execute: Execute): Promise<void> => {
    const { object_id: objectId, owner_id: apActorId, tombstones, activity: deletion } = event.data;
    const { subject, subject_version: version } = event;
    await eraseClaims(deps, execute, { subject, version, objectId, apActorId, tombstones, deletion, event });
  };
}
