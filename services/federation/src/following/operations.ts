import { describeRoute, type Operation } from '@artdag/service-kit';
import { z } from 'zod';
import { followBodySchema } from './follow.route.ts';

const of = {
  method: 'POST',
  tag: 'federation',
  auth: 'required',
  scopes: ['social:write'],
  request: { body: followBodySchema },
} as const;

const errors = {
  403: ['host_blocked'],
  404: ['target_not_found'],
  422: ['target_invalid', 'target_unreachable', 'validation_error'],
};

/** What people do about others. */
export const followOperations: readonly Operation[] = [
  describeRoute({
    ...of,
    path: '/follow',
    id: 'follow',
    summary: 'Follow an actor, here or elsewhere',
    description:
      'An actor elsewhere is sent a Follow, and `state` says what has come of it. Asking again does not repeat it.',
    answers: {
      200: {
        description: 'How things stand.',
        body: z
          .object({ target: z.url(), state: z.enum(['requested', 'accepted', 'rejected']), follow_id: z.url() })
          .meta({ id: 'FollowState' }),
      },
    },
    errors: { ...errors, 409: ['actor_not_ready', 'following_limit_reached'], 410: ['user_gone'] },
  }),
  describeRoute({
    ...of,
    path: '/unfollow',
    id: 'unfollow',
    summary: 'Follow an actor no more',
    description: 'Also 200 when it was not followed.',
    answers: {
      200: {
        description: 'It is not followed.',
        body: z.object({ target: z.url(), state: z.literal('none') }).meta({ id: 'UnfollowState' }),
      },
    },
    errors: { ...errors, 409: ['actor_not_ready'] },
  }),
];
