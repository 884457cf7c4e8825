import { assetRegistered } from '@artdag/events';
import { describeRoute, type Operation, shownAs } from '@artdag/service-kit';
import { z } from 'zod';
import { index, uuid } from './activities/get-activity.ts';
import { listActivitiesQuerySchema } from './activities/list-activities.route.ts';
import { idempotencyKeyForm } from './assets/idempotency.ts';
import { listQuerySchema } from './assets/list-assets.query.ts';
import { assetName, newAssetSchema } from './assets/new-asset.ts';
import { contentHashForm } from './objects/get-object.ts';

const claimed = assetRegistered.data.shape;

/** The asset that the event `asset-registered` carries, without its id. */
const asset = claimed.asset.omit({ asset_id: true }).meta({ id: 'Asset' });

const context = z.array(z.unknown());

const proof = z
  .object({
    '@context': context,
    type: z.literal('DataIntegrityProof'),
    cryptosuite: z.literal('eddsa-jcs-2022'),
    created: z.iso.datetime(),
    verificationMethod: z.url().meta({ description: "One of the actor's `assertionMethod`s." }),
    proofPurpose: z.literal('assertionMethod'),
    proofValue: z.string().meta({ description: '`z` and the base58btc of 64 bytes of Ed25519.' }),
  })
  .meta({ id: 'Proof', description: 'FEP-8b32.' });

const claimObject = z
  .object({
    type: z.enum(['Image', 'Video', 'Audio', 'Application', 'Document']),
    id: z.url(),
    name: z.string(),
    attributedTo: z.url(),
    contentHash: z.object({ algorithm: z.literal('sha3-256'), value: z.string() }),
    digestMultibase: z.string().meta({ description: 'The same hash: `z` and the base58btc of its multihash.' }),
    mediaType: z.string().optional(),
    url: z.url().optional(),
    tag: z.array(z.object({ type: z.literal('Hashtag'), name: z.string() })).optional(),
    metadata: z.record(z.string(), z.unknown()).optional(),
  })
  .meta({ id: 'ClaimObject' });

const activity = z
  .object({
    '@context': context,
    type: z.literal('Create'),
    id: z.url(),
    actor: z.url(),
    published: z.iso.datetime(),
    to: z.array(z.url()),
    cc: z.array(z.url()),
    object: claimObject,
    proof,
  })
  .meta({ id: 'Activity', description: 'A signed claim; its text is kept byte for byte.' });

const counted = { total: z.number().int(), total_estimated: z.literal(true).optional(), limit: z.number().int() };
const nextPage = z.string().nullable().meta({ description: 'Path and query of the next page; null on the last.' });

const assetPage = z
  .object({
    assets: z.array(asset),
    ...counted,
    offset: z.number().int(),
    next_cursor: z.string().nullable(),
    next: nextPage,
  })
  .meta({ id: 'AssetPage' });

const activityPage = z
  .object({ activities: z.array(activity), ...counted, offset: z.number().int(), next: nextPage })
  .meta({ id: 'ActivityPage' });

const activityStreams = ['application/json', 'application/activity+json'];
const link = { Link: '`<…>; rel="next"`, where there is a next page.' };

const activityRef = shownAs(z.string(), {
  anyOf: [
    { type: 'string', format: 'uuid', pattern: uuid.source },
    { type: 'string', pattern: index.source },
  ],
});

/** The public routes of asset-registry, for the API description. */
export const operations: readonly Operation[] = [
  describeRoute({
    method: 'GET',
    path: '/assets',
    id: 'listAssets',
    tag: 'assets',
    summary: 'List assets',
    description: "Public assets; with a credential the caller's own unlisted ones as well.",
    auth: 'optional',
    request: { query: listQuerySchema },
    answers: { 200: { description: 'A page.', body: assetPage, headers: link } },
    errors: { 422: ['validation_error'] },
  }),
  describeRoute({
    method: 'POST',
    path: '/assets',
    id: 'registerAsset',
    tag: 'assets',
    summary: 'Register a work and claim it',
    description:
      'Signs the claim and stores both in one transaction. The bytes stay where they are: only their hash is sent.',
    auth: 'required',
    scopes: ['assets:create'],
    request: {
      headers: z.object({
        'Idempotency-Key': z
          .string()
          .regex(idempotencyKeyForm)
          .optional()
          .meta({ description: 'The same request under the same key gets the same answer, for 24 hours.' }),
      }),
      body: newAssetSchema.meta({ id: 'NewAsset' }),
    },
    answers: {
      201: {
        description: 'Registered.',
        body: asset.extend({ activity }).meta({ id: 'RegisteredAsset' }),
        headers: { Location: 'Path of the asset.' },
      },
    },
    errors: {
      400: ['invalid_idempotency_key'],
      409: ['asset_exists', 'content_already_owned', 'idempotency_key_in_use', 'idempotency_key_reused'],
      503: ['signing_unavailable'],
    },
  }),
  describeRoute({
    method: 'GET',
    path: '/assets/{name}',
    id: 'getAsset',
    tag: 'assets',
    summary: 'One asset',
    auth: 'public',
    request: { path: z.object({ name: z.string().regex(assetName) }) },
    answers: { 200: { description: 'The asset.', body: asset } },
    errors: { 404: ['not_found'] },
  }),
  describeRoute({
    method: 'GET',
    path: '/objects/{content_hash}',
    id: 'getObject',
    tag: 'claims',
    summary: 'What the earliest claim of a content says',
    auth: 'public',
    request: {
      path: z.object({ content_hash: z.string().regex(contentHashForm).meta({ description: 'SHA3-256, hex.' }) }),
    },
    answers: {
      200: {
        description: "The claim's object, with the claim's context.",
        body: claimObject.extend({ '@context': context }).meta({ id: 'ContextedObject' }),
        mediaTypes: activityStreams,
      },
    },
    errors: { 404: ['not_found'] },
  }),
  describeRoute({
    method: 'GET',
    path: '/activities',
    id: 'listActivities',
    tag: 'claims',
    summary: 'List claims, newest first',
    auth: 'public',
    request: { query: listActivitiesQuerySchema },
    answers: { 200: { description: 'A page.', body: activityPage, headers: link } },
    errors: { 422: ['validation_error'] },
  }),
  describeRoute({
    method: 'GET',
    path: '/activities/{ref}',
    id: 'getActivity',
    tag: 'claims',
    summary: 'One claim',
    description: 'By its UUID, or by its place in the log, counted from 0 and given within seconds.',
    auth: 'public',
    request: { path: z.object({ ref: activityRef }) },
    answers: { 200: { description: 'The claim as it was signed.', body: activity, mediaTypes: activityStreams } },
    errors: { 404: ['not_found'] },
  }),
];
