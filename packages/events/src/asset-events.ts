import { z } from 'zod';
import { defineEvent } from './define-event.ts';

const text = z.string().min(1);
const object = z.record(z.string(), z.unknown());

/** The asset as `POST /assets` answers it, without the activity and with its id. */
const asset = z.looseObject({
  asset_id: text,
  name: text,
  content_hash: z.string().regex(/^[0-9a-f]{64}$/),
  asset_type: text,
  tags: z.array(z.string()),
  owner: text,
  owner_id: z.url(),
  url: z.string().nullable(),
  ipfs_cid: z.string().nullable(),
  description: z.string().nullable(),
  metadata: object,
  origin: object.nullable(),
  provenance: object.nullable(),
  visibility: z.enum(['public', 'unlisted']),
  object_id: z.url(),
  activity_id: z.uuid(),
  activity_url: z.url(),
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
});

/** The whole signed activity (FEP-8b32): what is inside is the signer's, so only its frame is checked here. */
const activity = z.looseObject({
  '@context': z.union([z.string(), z.array(z.unknown())]),
  type: z.enum(['Create', 'Update', 'Delete']),
  id: z.url(),
  actor: z.url(),
  published: z.iso.datetime(),
  object: z.union([z.string(), object]),
  proof: object,
});

const data = z.looseObject({ asset, activity });

/**
 * Emitted by asset-registry once an asset and its signed claim are committed. Consumed by federation.
 * Subject: the asset id; version: `assets.version`, one counter for all three asset events, 1 for the first.
 */
export const assetRegistered = defineEvent('asset-registered', 1, data, { context: 'registry' });

/** Emitted by asset-registry with the asset after the change and the signed Update. Consumed by federation. */
export const assetUpdated = defineEvent('asset-updated', 1, data, { context: 'registry' });

/** Emitted by asset-registry with the asset as it was last and the signed Delete. Consumed by federation. */
export const assetDeleted = defineEvent('asset-deleted', 1, data, { context: 'registry' });

/**
 * Emitted by asset-registry beside `asset-registered` when the asset is the output of an L1's run. For the audit: who had what recorded. Subject:
 * the asset id; version: `assets.version`.
 */
export const runRecorded = defineEvent(
  'run-recorded',
  1,
  z.looseObject({
    l1_server: z.url(),
    run_id: text,
    asset: z.looseObject({
      asset_id: text,
      name: text,
      content_hash: z.string().regex(/^[0-9a-f]{64}$/),
      owner: text,
      owner_id: z.url(),
      activity_id: z.uuid(),
    }),
  }),
  { context: 'registry' },
);

/** What stands where an erased activity stood (ActivityStreams): nothing in it was written by a person. */
const tombstone = z.looseObject({
  '@context': text,
  type: z.literal('Tombstone'),
  id: z.url(),
  formerType: z.enum(['as:Create', 'as:Update', 'as:Delete']),
  published: z.iso.datetime(),
  deleted: z.iso.datetime(),
});

/**
 * Emitted by asset-registry once what people wrote about an asset is erased, which an operator asked for: each erased activity as it is from
 * now on, at most 500 to an event, and the signed Delete, which followers are to hear of if they have not yet. Consumed by federation, which
 * publishes nothing of the asset that comes later. Subject: the asset id; version: `assets.version`, beyond that of the Delete.
 */
export const assetErased = defineEvent(
  'asset-erased',
  1,
  z.looseObject({
    object_id: z.url(),
    owner_id: z.url(),
    tombstones: z.array(tombstone),
    activity: activity.nullable(),
  }),
  { context: 'registry' },
);
