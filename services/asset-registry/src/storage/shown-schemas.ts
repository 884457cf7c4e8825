import { z } from 'zod';
import { nextPageSchema } from '../http/shown-schemas.ts';
import { pinStatuses } from './pins/pin-row.ts';
import { providerTypes } from './providers/provider-types.ts';

/*
 * What is answered about storage, for the API description.
 */

const time = z.iso.datetime();
const status = z.enum(pinStatuses);
const count = z.number().int();

export const storageSchema = z
  .object({
    id: z.string().meta({ description: '`sto_` and 26 characters.' }),
    provider_type: z.enum(providerTypes.map(({ name }) => name)),
    provider_name: z.string(),
    capacity_gb: count.nullable(),
    used_bytes: count.meta({ description: 'Of the copies whose size is known.' }),
    is_active: z.boolean().meta({ description: 'Whether the copies there are looked at.' }),
    config: z
      .record(z.string(), z.string())
      .nullable()
      .meta({ description: 'Secrets as `****` and their last four characters. Null when it has to be given again.' }),
    last_test: z.object({ ok: z.boolean(), message: z.string(), at: time }).nullable(),
    pins: z
      .object({ total: count, unknown: count, present: count, missing: count, changed: count, unsupported: count })
      .meta({ description: 'How many, by status.' }),
    created_at: time,
  })
  .meta({ id: 'Storage' });

export const storageTestSchema = z
  .object({ ok: z.boolean(), message: z.string(), latency_ms: count, checked_at: time })
  .meta({ id: 'StorageTest' });

export const pinSchema = z
  .object({
    content_hash: z.string(),
    storage_id: z.string(),
    pin_type: z.enum(['cid', 'object', 'file']).meta({ description: 'By what the copy is found.' }),
    ipfs_cid: z.string().nullable(),
    key: z.string().optional(),
    path: z.string().optional(),
    size_bytes: count.nullable(),
    etag: z.string().nullable(),
    request: z.boolean(),
    refcount: count.meta({ description: 'How often it was recorded and not removed.' }),
    status,
    since: time.meta({ description: 'Since when it has this status, as far as checks have seen.' }),
    suspected: z
      .enum(['missing', 'changed'])
      .nullable()
      .meta({ description: 'What one check said; a second one confirms it.' }),
    last_checked_at: time.nullable(),
    created_at: time,
  })
  .meta({ id: 'Pin', description: 'A copy of a registered work at a provider.' });

const checkSchema = z
  .object({
    at: time,
    result: z.enum(['present', 'missing', 'changed', 'pending', 'unreachable', 'unsupported']),
    message: z.string(),
    latency_ms: count,
    status: status.meta({ description: "The pin's, after this check." }),
    is_change: z.boolean(),
  })
  .meta({ id: 'PinCheck' });

export const pinHistorySchema = pinSchema
  .extend({
    checks: z.array(checkSchema).meta({ description: 'The latest first: every change, and the latest of the others.' }),
    next: nextPageSchema,
  })
  .meta({ id: 'PinHistory' });

export const copySchema = pinSchema
  .extend({ provider_type: z.string(), provider_name: z.string() })
  .meta({ id: 'AssetCopy' });
