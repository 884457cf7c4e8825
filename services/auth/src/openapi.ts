import type { ActorIdentity } from '@artdag/actor-context';
import { describeRoute, type Operation } from '@artdag/service-kit';
import { z } from 'zod';
import { loginBodySchema } from './accounts/login.route.ts';
import { registerBodySchema } from './accounts/register.route.ts';
import type { PublicTokenJwk } from './tokens/rsa-key.ts';

const identity = z.object({
  actor_id: z.string().meta({ description: '`user:`, `agent:` or `service:` and an id.' }),
  actor_type: z.enum(['human', 'agent', 'service']),
  microdao_ids: z.array(z.string()),
  roles: z.array(z.string()),
}) satisfies z.ZodType<ActorIdentity>;

const signedIn = z
  .object({
    session_token: z.string().meta({ description: 'Opaque, shown this once; a Bearer credential until `expires_at`.' }),
    actor: identity.meta({ id: 'ActorIdentity' }),
    expires_at: z.iso.datetime().meta({ description: 'When the session ends.' }),
    access_token: z
      .string()
      .regex(/^[\w-]+\.[\w-]+\.[\w-]+$/)
      .meta({ description: 'RS256 JWT of the session; a Bearer credential for `expires_in` seconds.' }),
    token_type: z.literal('Bearer'),
    expires_in: z.number().int(),
  })
  .meta({ id: 'SignedIn' });

const me = z
  .object({
    ...identity.shape,
    username: z.string(),
    display_name: z.string(),
    email: z.email().nullable(),
    handle: z.string(),
    did: z.null(),
    ap_id: z.url().meta({ description: 'The ActivityPub actor.' }),
    org_id: z.string().nullable().meta({ description: 'The active organisation.' }),
    memberships: z.array(
      z.object({ microdao_id: z.string(), org_id: z.string(), role: z.enum(['owner', 'admin', 'member']) }),
    ),
    is_sysadmin: z.boolean(),
    created_at: z.iso.datetime(),
    auth: z.object({
      method: z.string(),
      session_id: z.string().nullable(),
      scopes: z.array(z.string()),
      expires_at: z.iso.datetime().nullable(),
    }),
  })
  .meta({ id: 'Me' });

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
  describeRoute({
    method: 'POST',
    path: '/auth/register',
    id: 'register',
    tag: 'accounts',
    summary: 'Make an account with a password',
    description:
      'Makes the account, its personal organisation and a first session. The actor keys are made soon after.',
    auth: 'public',
    request: { body: registerBodySchema.meta({ id: 'NewAccount' }) },
    answers: { 201: { description: 'Made, and signed in.', body: signedIn } },
    errors: { 409: ['handle_taken', 'email_taken'], 429: ['busy'] },
  }),
  describeRoute({
    method: 'POST',
    path: '/auth/login',
    id: 'login',
    tag: 'accounts',
    summary: 'Sign in with a password',
    description: 'Takes one of `username`, `email` and `login`; `login` may be either of the other two.',
    auth: 'public',
    request: { body: loginBodySchema.meta({ id: 'Login' }) },
    answers: { 200: { description: 'Signed in.', body: signedIn } },
    errors: { 401: ['invalid_credentials'], 403: ['account_disabled'], 429: ['busy'] },
  }),
  describeRoute({
    method: 'GET',
    path: '/auth/me',
    id: 'getMe',
    tag: 'accounts',
    summary: 'Who the credential stands for',
    auth: 'required',
    answers: { 200: { description: 'The actor, and how it is signed in.', body: me } },
  }),
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
