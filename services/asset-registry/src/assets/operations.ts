import { describeRoute, type Operation } from '@artdag/service-kit';
import { z } from 'zod';
import {
  activitySchema,
  activityStreamsTypes,
  countedSchema,
  goneSchema,
  nextPageHeader,
  nextPageSchema,
} from '../http/shown-schemas.ts';
import { listQuerySchema } from './list-assets.query.ts';
import { newAssetSchema } from './new-asset.ts';
import { asset, assetPath as path, entityTag, idempotencyHeader, linkedAsset } from './shown-asset.ts';

const rest = (path: string) =>
  z
    .string()
    .nullable()
    .meta({ description: `Path and query of the rest, at \`${path}\`; null where there is none.` });

/** As `GET /assets/{name}` shows it. */
const assetWithLinks = asset
  .extend({
    made_from: z
      .array(linkedAsset)
      .meta({ description: 'Registered works that a recorded run has made it from; up to 20.' }),
    made_from_next: rest('/assets/{name}/made-from'),
    used_in: z
      .array(linkedAsset)
      .meta({ description: 'Works that recorded runs have made from it, the newest first; up to 20.' }),
    used_in_next: rest('/assets/{name}/used-in'),
  })
  .meta({ id: 'AssetWithLinks' });

const assetPage = z
  .object({
    assets: z.array(asset),
    ...countedSchema,
    offset: z.number().int(),
    next_cursor: z.string().nullable(),
    next: nextPageSchema,
  })
  .meta({ id: 'AssetPage' });

/** The public routes of assets, for the API description. */
export const assetOperations: readonly Operation[] = [
  describeRoute({
    method: 'GET',
    path: '/assets',
    id: 'listAssets',
    tag: 'assets',
    summary: 'List assets',
    description:
      "Public assets; with a credential the caller's own unlisted ones as well. " +
      'Here `provenance` is without `recipe`, `inputs`, `effects` and `infrastructure`, which can be long.',
    auth: 'optional',
    request: { query: listQuerySchema },
    answers: { 200: { description: 'A page.', body: assetPage, headers: nextPageHeader } },
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
      headers: idempotencyHeader,
      body: newAssetSchema.meta({ id: 'NewAsset' }),
    },
    answers: {
      201: {
        description: 'Registered.',
        body: asset.extend({ activity: activitySchema }).meta({ id: 'RegisteredAsset' }),
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
    description:
      'With what it was made from and what was made from it; with a credential also where that is unlisted and its own.',
    auth: 'optional',
    request: { path },
    answers: {
      200: { description: 'The asset.', body: assetWithLinks, headers: entityTag },
      410: { description: 'It was deleted, or erased.', body: goneSchema, mediaTypes: activityStreamsTypes },
    },
    errors: { 404: ['not_found'] },
  }),
];
