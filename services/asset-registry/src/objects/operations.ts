import { describeRoute, type Operation } from '@artdag/service-kit';
import { z } from 'zod';
import { activityStreamsTypes, claimObjectSchema, contextSchema, goneSchema } from '../http/shown-schemas.ts';
import { contentHashForm } from './get-object.ts';

/** The public route of objects, for the API description. */
export const objectOperations: readonly Operation[] = [
  describeRoute({
    method: 'GET',
    path: '/objects/{content_hash}',
    id: 'getObject',
    tag: 'claims',
    summary: 'What is claimed of a content',
    description: 'By the earliest claim that still stands, with what its owner has changed since.',
    auth: 'public',
    request: {
      path: z.object({ content_hash: z.string().regex(contentHashForm).meta({ description: 'SHA3-256, hex.' }) }),
    },
    answers: {
      200: {
        description: "The claim's object, with the claim's context.",
        body: claimObjectSchema.extend({ '@context': contextSchema }).meta({ id: 'ContextedObject' }),
        mediaTypes: activityStreamsTypes,
      },
      410: { description: 'All its assets were deleted.', body: goneSchema, mediaTypes: activityStreamsTypes },
    },
    errors: { 404: ['not_found'] },
  }),
];
