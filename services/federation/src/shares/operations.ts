import { describeRoute, type Operation } from '@artdag/service-kit';
import { z } from 'zod';
import { shareBodySchema } from './share.route.ts';

const of = {
  method: 'POST',
  tag: 'federation',
  auth: 'required',
  scopes: ['social:write'],
  request: { body: shareBodySchema },
} as const;

/** What people pass on. */
export const shareOperations: readonly Operation[] = [
  describeRoute({
    ...of,
    path: '/share',
    id: 'share',
    summary: 'Announce an object or activity to your followers',
    description: 'Once: sharing it again changes nothing. What is said to be elsewhere is not fetched.',
    answers: {
      200: {
        description: 'It is shared.',
        body: z
          .object({
            object: z.url(),
            state: z.literal('shared'),
            share_id: z.url().meta({ description: 'Of the `Announce`.' }),
          })
          .meta({ id: 'ShareState' }),
      },
    },
    errors: {
      403: ['host_blocked'],
      404: ['object_not_found'],
      409: ['actor_not_ready'],
      410: ['erased', 'user_gone'],
      422: ['object_invalid', 'validation_error'],
    },
  }),
  describeRoute({
    ...of,
    path: '/unshare',
    id: 'unshare',
    summary: 'Share something no more',
    description: 'Also 200 when it was not shared.',
    answers: {
      200: {
        description: 'It is not shared.',
        body: z.object({ object: z.url(), state: z.literal('none') }).meta({ id: 'UnshareState' }),
      },
    },
    errors: { 409: ['actor_not_ready'], 422: ['object_invalid', 'validation_error'] },
  }),
];
