import { describeRoute, type Operation } from '@artdag/service-kit';
import { z } from 'zod';
import { refreshBodySchema } from './refresh.route.ts';

const refreshed = z
  .object({
    access_token: z.string(),
    token_type: z.literal('Bearer'),
    expires_in: z.int().meta({ description: 'Seconds.' }),
    refresh_token: z.string().meta({ description: 'The next one; the one that was sent is used up.' }),
    refresh_expires_at: z.iso.datetime().meta({ description: 'Never later than the end of the session.' }),
  })
  .meta({ id: 'Refreshed' });

/** For the API description. */
export const refreshOperations: readonly Operation[] = [
  describeRoute({
    ...{ method: 'POST', path: '/auth/refresh', id: 'refresh', tag: 'accounts', auth: 'public' },
    summary: 'Change a refresh token into a new pair (RFC 6749 §6)',
    description:
      'The same token within 30 s from the same client gives the same successor. Any other reuse ends the session: somebody has a copy.',
    request: { body: refreshBodySchema, bodyTypes: ['application/json', 'application/x-www-form-urlencoded'] },
    answers: { 200: { description: 'A new pair.', body: refreshed } },
    errors: { 400: ['invalid_grant', 'unsupported_grant_type'] },
  }),
];
