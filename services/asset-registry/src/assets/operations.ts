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
import { asset, assetPath as path, entityTag, idempotencyHeader } from './shown-asset.ts';

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
    description: "Public assets; with a credential the caller's own unlisted ones as well.",
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
    auth: 'public',
    request: { path },
    answers: {
      200: { description: 'The asset.', body: asset, headers: entityTag },
      410: { description: 'It was deleted, or erased.', body: goneSchema, mediaTypes: activityStreamsTypes },
    },
    errors: { 404: ['not_found'] },
  }),
];
