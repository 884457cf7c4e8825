import { describeRoute, type Operation } from '@artdag/service-kit';
import { z } from 'zod';
import { followBodySchema } from './follow.route.ts';
import { listFollowingQuerySchema } from './list-following.route.ts';

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

const followed = z.object({
  target: z.url(),
  handle: z.string().nullable().meta({
    description: 'Of an actor of ours its own; of another that under which it was followed, if it was by one.',
  }),
  state: z.enum(['requested', 'accepted', 'rejected']),
});

/** What people do about others. */
export const followOperations: readonly Operation[] = [
  describeRoute({
    ...{ method: 'GET', path: '/following', id: 'listFollowing', tag: 'federation', auth: 'required' },
    scopes: ['social:write'],
    summary: 'Whom you follow, newest first',
    description:
      'Also who has not answered yet and who has refused, which `/users/{username}/following` leaves out. With `target` nobody is asked who that is: it is found by the name under which it was followed.',
    request: { query: listFollowingQuerySchema },
    answers: {
      200: {
        description: 'A page.',
        body: z
          .object({
            following: z.array(followed),
            ...{ total: z.number().int(), limit: z.number().int(), offset: z.number().int() },
            next: z.string().nullable().meta({ description: 'Path and query of the next page; null on the last.' }),
          })
          .meta({ id: 'FollowingPage' }),
      },
    },
    errors: { 422: ['target_invalid', 'validation_error'] },
  }),
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
