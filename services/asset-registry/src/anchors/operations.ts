import { otsMediaType } from '@artdag/opentimestamps';
import { describeRoute, shownAs, type Operation } from '@artdag/service-kit';
import { z } from 'zod';
import { index, uuid } from '../activities/get-activity.ts';
import { countedSchema, nextPageHeader, nextPageSchema } from '../http/shown-schemas.ts';
import { merkleRootForm } from './get-anchor.ts';
import { listAnchorsQuerySchema } from './routes/list-anchors.route.ts';
import { activityAnchorSchema, anchorDetailSchema, anchorSchema, calendarSchema } from './shown-anchor.ts';

const tag = 'anchors';
const named = { path: z.object({ merkle_root: z.string().regex(merkleRootForm) }) };
const notFound = { 404: ['not_found'] };

const anchorPage = z
  .object({ anchors: z.array(anchorSchema), ...countedSchema, offset: z.number().int(), next: nextPageSchema })
  .meta({ id: 'AnchorPage' });

const activityRef = shownAs(z.string(), {
  anyOf: [
    { type: 'string', format: 'uuid', pattern: uuid.source },
    { type: 'string', pattern: index.source },
  ],
});

/** The public routes of anchors, for the API description. */
export const anchorOperations: readonly Operation[] = [
  describeRoute({
    ...{ method: 'GET', path: '/anchors', id: 'listAnchors', tag, auth: 'public' },
    summary: 'List anchors, newest first',
    request: { query: listAnchorsQuerySchema },
    answers: { 200: { description: 'A page.', body: anchorPage, headers: nextPageHeader } },
    errors: { 422: ['validation_error'] },
  }),
  describeRoute({
    ...{ method: 'POST', path: '/anchors', id: 'createAnchor', tag, auth: 'required', scopes: ['assets:create'] },
    summary: 'Anchor what is not anchored yet, now',
    description:
      'For system administrators at any time; for owners of an organisation, which every person is, once the last anchor is ten minutes old.',
    answers: {
      201: {
        description: 'Queued; it goes out at once.',
        body: anchorDetailSchema,
        headers: { Location: 'Path of the anchor.' },
      },
    },
    errors: { 403: ['forbidden'], 409: ['nothing_to_anchor', 'no_calendars'], 429: ['anchored_recently'] },
  }),
  describeRoute({
    ...{ method: 'GET', path: '/anchors/calendars', id: 'listCalendars', tag, auth: 'public' },
    summary: 'How the calendars do',
    answers: {
      200: {
        description: 'Those that are configured first.',
        body: z.object({ calendars: z.array(calendarSchema) }).meta({ id: 'CalendarList' }),
      },
    },
  }),
  describeRoute({
    ...{ method: 'GET', path: '/anchors/{merkle_root}', id: 'getAnchor', tag, auth: 'public' },
    summary: 'One anchor, with all that proves it',
    request: named,
    answers: { 200: { description: 'The anchor.', body: anchorDetailSchema } },
    errors: notFound,
  }),
  describeRoute({
    ...{ method: 'GET', path: '/anchors/{merkle_root}/proof.ots', id: 'getAnchorProof', tag, auth: 'public' },
    summary: 'The OpenTimestamps proof of an anchor',
    description: 'A detached `.ots` file of the `checkpoint`; it gains attestations over time.',
    request: named,
    answers: {
      200: {
        description: 'The file.',
        body: shownAs(z.string(), { type: 'string', format: 'binary' }),
        mediaTypes: [otsMediaType],
      },
    },
    errors: { 404: ['not_found', 'no_proof_yet'] },
  }),
  describeRoute({
    ...{ method: 'POST', path: '/anchors/{merkle_root}/upgrade', id: 'upgradeAnchor', tag, auth: 'required' },
    summary: 'Ask the calendars again',
    description: 'For system administrators.',
    request: named,
    answers: { 202: { description: 'They are being asked.', body: anchorDetailSchema } },
    errors: { 403: ['forbidden'], 404: ['not_found'], 409: ['no_calendars'] },
  }),
  describeRoute({
    ...{ method: 'GET', path: '/activities/{ref}/anchor', id: 'getActivityAnchor', tag, auth: 'public' },
    summary: 'Where a claim stands in the log, and how that is anchored',
    description:
      'Of the anchors whose tree holds the leaf: the first that is confirmed, else the first that a block attests to, else the first.',
    request: { path: z.object({ ref: activityRef }) },
    answers: { 200: { description: 'What there is so far.', body: activityAnchorSchema } },
    errors: notFound,
  }),
];
