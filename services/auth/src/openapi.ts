import { describeRoute, type Operation } from '@artdag/service-kit';
import { z } from 'zod';
import { accountOperations } from './accounts/operations.ts';
import { apiKeyOperations } from './api-keys/operations.ts';
import { apiTokenOperations } from './api-tokens/operations.ts';
import { introspectionOperations } from './introspection/operations.ts';
import { refreshOperations } from './refresh/operations.ts';
import { sessionOperations } from './sessions/operations.ts';
import type { PublicTokenJwk } from './tokens/rsa-key.ts';

const jwk = z.object({
  kty: z.literal('RSA'),
  use: z.literal('sig'),
  alg: z.literal('RS256'),
  kid: z.string().meta({ description: 'RFC 7638 thumbprint.' }),
  n: z.string(),
  e: z.string(),
}) satisfies z.ZodType<PublicTokenJwk>;

/** The public routes of auth, for the API description. */
export const operations: readonly Operation[] = [
  ...accountOperations,
  ...sessionOperations,
  ...refreshOperations,
  ...apiKeyOperations,
  ...apiTokenOperations,
  ...introspectionOperations,
  describeRoute({
    method: 'GET',
    path: '/.well-known/jwks.json',
    id: 'getTokenKeys',
    tag: 'accounts',
    summary: 'The keys that verify access tokens (RFC 7517)',
    auth: 'public',
    answers: {
      200: { description: 'All keys that verify.', body: z.object({ keys: z.array(jwk) }).meta({ id: 'Jwks' }) },
    },
  }),
];
