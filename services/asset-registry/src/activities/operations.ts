import { describeRoute, shownAs, type Operation } from '@artdag/service-kit';
import { z } from 'zod';
import {
  activitySchema,
  activityStreamsTypes,
  countedSchema,
  erasedClaimSchema,
  goneClaimSchema,
  nextPageHeader,
  nextPageSchema,
} from '../http/shown-schemas.ts';
import { index, uuid } from './get-activity.ts';
import { listActivitiesQuerySchema } from './list-activities.route.ts';

const activityPage = z
  .object({
    activities: z.array(z.union([activitySchema, erasedClaimSchema])),
    ...countedSchema,
    offset: z.number().int(),
    next: nextPageSchema,
  })
  .meta({ id: 'ActivityPage' });

/** A UUID, or the place in publication order. */
export const activityRefSchema = shownAs(z.string(), {
  anyOf: [
    { type: 'string', format: 'uuid', pattern: uuid.source },
    { type: 'string', pattern: index.source },
  ],
});

/** The public routes of activities, for the API description. */
export const activityOperations: readonly Operation[] = [
  describeRoute({
    method: 'GET',
    path: '/activities',
    id: 'listActivities',
    tag: 'claims',
    summary: 'List claims, newest first',
    description: 'A Tombstone stands in the place of an erased one.',
    auth: 'public',
    request: { query: listActivitiesQuerySchema },
    answers: { 200: { description: 'A page.', body: activityPage, headers: nextPageHeader } },
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
    request: { path: z.object({ ref: activityRefSchema }) },
    answers: {
      200: { description: 'The claim as it was signed.', body: activitySchema, mediaTypes: activityStreamsTypes },
      410: { description: 'What it said was erased.', body: goneClaimSchema, mediaTypes: activityStreamsTypes },
    },
    errors: { 404: ['not_found'] },
  }),
];
