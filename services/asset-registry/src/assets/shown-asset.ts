import { assetRegistered } from '@artdag/events';
import { z } from 'zod';
import { idempotencyKeyForm } from './idempotency.ts';
import { assetName } from './new-asset.ts';

/*
 * What several operations on assets have in common, for the API description.
 */

/** The asset that the event `asset-registered` carries, without its id. */
export const asset = assetRegistered.data.shape.asset.omit({ asset_id: true }).meta({ id: 'Asset' });

/** An asset as others name it. */
export const linkedAsset = z
  .object({ name: z.string(), content_hash: z.string(), asset_type: z.string(), owner: z.string(), owner_id: z.url() })
  .meta({ id: 'LinkedAsset' });

export const assetPath = z.object({ name: z.string().regex(assetName) });

export const entityTag = { ETag: "The asset's version." };

const idempotencyKey = z
  .string()
  .regex(idempotencyKeyForm)
  .optional()
  .meta({ description: 'The same request under the same key gets the same answer, for 24 hours.' });

export const idempotencyHeader = z.object({ 'Idempotency-Key': idempotencyKey });

export const changeHeaders = idempotencyHeader.extend({
  'If-Match': z
    .string()
    .optional()
    .meta({ description: 'The `ETag` of the asset that is to be changed; otherwise 412.' }),
});

const idempotencyConflicts = ['idempotency_key_in_use', 'idempotency_key_reused'];

/** How a change of an asset may be refused. */
export const changeErrors = {
  400: ['invalid_idempotency_key'],
  403: ['account_disabled', 'not_owner'],
  404: ['not_found'],
  409: ['edit_conflict', ...idempotencyConflicts],
  410: ['gone'],
  412: ['version_mismatch'],
  503: ['signing_unavailable'],
};
