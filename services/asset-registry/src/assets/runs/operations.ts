import { describeRoute, type Operation } from '@artdag/service-kit';
import { z } from 'zod';
import {
  activitySchema,
  activityStreamsTypes,
  goneSchema,
  nextPageHeader,
  nextPageSchema,
} from '../../http/shown-schemas.ts';
import { asset, assetPath as path, linkedAsset } from '../shown-asset.ts';
import { listLinksQuerySchema } from './list-links.route.ts';
import { newRunSchema } from './new-run.ts';

const page = z
  .object({
    assets: z.array(linkedAsset),
    limit: z.number().int(),
    next_cursor: z.string().nullable(),
    next: nextPageSchema,
  })
  .meta({ id: 'LinkedAssetPage' });

const recorded = asset.extend({ activity: activitySchema }).meta({ id: 'RecordedAsset' });

const list = (path_: string, id: string, summary: string): Operation =>
  describeRoute({
    method: 'GET',
    path: path_,
    id,
    tag: 'assets',
    summary,
    auth: 'optional',
    request: { path, query: listLinksQuerySchema },
    answers: {
      200: { description: 'A page.', body: page, headers: nextPageHeader },
      410: { description: 'It was deleted, or erased.', body: goneSchema, mediaTypes: activityStreamsTypes },
    },
    errors: { 404: ['not_found'], 422: ['validation_error'] },
  });

/** The public routes of runs, for the API description. */
export const runOperations: readonly Operation[] = [
  describeRoute({
    method: 'POST',
    path: '/assets/record-run',
    id: 'recordRun',
    tag: 'assets',
    summary: 'Register the output of a finished run of an L1',
    description:
      'The run is fetched from the L1, which must be one that this server works with. Takes the token of an L1, too, for runs of that L1.',
    auth: 'required',
    scopes: ['assets:record'],
    request: { body: newRunSchema.meta({ id: 'NewRun' }) },
    answers: {
      201: { description: 'Registered.', body: recorded, headers: { Location: 'Path of the asset.' } },
      200: { description: 'It was recorded before.', body: recorded, headers: { Location: 'Path of the asset.' } },
    },
    errors: {
      403: ['account_disabled', 'l1_not_authorized', 'not_run_owner', 'token_scope_mismatch'],
      404: ['run_not_found'],
      409: ['asset_exists', 'content_already_owned', 'run_not_completed'],
      502: ['l1_bad_response', 'l1_unreachable'],
      503: ['dependency_unavailable', 'signing_unavailable'],
    },
  }),
  list('/assets/{name}/made-from', 'listMadeFrom', 'What a work was made from'),
  list('/assets/{name}/used-in', 'listUsedIn', 'What was made from a work'),
];
