import { describeRoute, type Operation } from '@artdag/service-kit';
import { z } from 'zod';
import { publicIntrospectBodySchema } from './public-introspect.route.ts';

const live = z.object({
  active: z.literal(true),
  sub: z.string().meta({ description: 'The actor’s id.' }),
  username: z.string().nullable(),
  email: z.string().optional(),
  roles: z.array(z.string()),
  scope: z.string().meta({ description: 'Separated by spaces.' }),
  token_use: z.enum(['session', 'access', 'api', 'api_key']),
  exp: z.int().optional().meta({ description: 'Seconds since the epoch; left out when it does not expire.' }),
});

/** For the API description. */
export const introspectionOperations: readonly Operation[] = [
  describeRoute({
    ...{ method: 'POST', path: '/auth/introspect', id: 'introspect', tag: 'accounts', auth: 'required' },
    summary: 'Whom a credential stands for (RFC 7662)',
    description: 'For services, by an API key of theirs. Takes sessions, access and API tokens, and API keys.',
    request: {
      body: publicIntrospectBodySchema,
      bodyTypes: ['application/json', 'application/x-www-form-urlencoded'],
    },
    answers: {
      200: {
        description: 'As the database has it now.',
        body: z.union([live, z.object({ active: z.literal(false) })]).meta({ id: 'Introspection' }),
      },
    },
    errors: { 403: ['forbidden'] },
  }),
];
