import { describeRoute, type Operation } from '@artdag/service-kit';
import { z } from 'zod';
import { remoteFollowQuerySchema } from './remote-follow.route.ts';

/** For who has an account elsewhere. */
export const remoteFollowOperation: Operation = describeRoute({
  method: 'GET',
  path: '/users/{username}/remote-follow',
  id: 'findFollowPage',
  tag: 'federation',
  summary: 'Where an account elsewhere can follow the actor',
  description:
    "Asks the account's host by WebFinger for the page that asks whether to follow somebody (FEP-3b86, or the OStatus template `subscribe`). The address is the word of that host: show where it leads before you go there.",
  auth: 'public',
  request: { path: z.object({ username: z.string() }), query: remoteFollowQuerySchema },
  answers: {
    200: {
      description: 'Asked.',
      body: z
        .object({ url: z.url().nullable().meta({ description: 'Null where the host does not tell.' }) })
        .meta({ id: 'FollowPage' }),
    },
  },
  errors: {
    403: ['host_blocked'],
    404: ['user_not_found'],
    410: ['user_gone'],
    422: ['target_invalid', 'validation_error'],
  },
});
