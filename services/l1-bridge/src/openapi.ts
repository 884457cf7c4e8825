import { describeRoute, type Operation } from '@artdag/service-kit';
import { z } from 'zod';

const renderer = z.object({
  l1_server: z.url(),
  name: z.string().nullable(),
  status: z.enum(['active', 'draining', 'disabled']).meta({ description: 'Whether it takes new attachments.' }),
  attached: z.boolean(),
  verified_at: z.iso.datetime().nullable(),
});

const l1ServerBody = z
  .object({ l1_server: z.string().min(1).max(2048).meta({ description: 'Its address, as `GET /renderers` has it.' }) })
  .meta({ id: 'L1ServerChoice' });

const verifiedToken = z
  .object({
    valid: z.literal(true),
    username: z.string(),
    actor_id: z.string(),
    display_name: z.string().nullable(),
    l2_server: z.url(),
    l1_server: z.url(),
    scopes: z.array(z.string()),
    jti: z.string().meta({ description: 'Id of the token, by which a revocation names it.' }),
    issued_at: z.iso.datetime(),
    expires_at: z.iso.datetime(),
    actor: z.object({
      actor_id: z.string(),
      actor_type: z.string(),
      microdao_ids: z.array(z.string()),
      roles: z.array(z.string()),
    }),
  })
  .meta({ id: 'VerifiedL1Token' });

/** Where `L1_REQUIRE_SIGNED_VERIFY` demands signatures of L1s. */
const signatureErrors = ['key_owner_mismatch', 'key_unavailable', 'signature_invalid', 'signature_missing'];

/** The public routes of l1-bridge, for the API description. */
export const operations: readonly Operation[] = [
  describeRoute({
    method: 'GET',
    path: '/renderers',
    id: 'listRenderers',
    tag: 'rendering',
    summary: "The rendering servers, with the caller's attachments",
    auth: 'required',
    answers: {
      200: {
        description: 'All servers that this installation knows.',
        body: z.object({ renderers: z.array(renderer) }).meta({ id: 'RendererList' }),
      },
    },
  }),
  describeRoute({
    method: 'POST',
    path: '/renderers/attach',
    id: 'attachRenderer',
    tag: 'rendering',
    summary: 'Get a token that works at one rendering server only',
    auth: 'required',
    request: { body: l1ServerBody },
    answers: {
      200: {
        description: 'For JSON. A form gets 303 to `auth_url`.',
        body: z.object({ l1_server: z.url(), auth_url: z.url(), token: z.string(), expires_at: z.iso.datetime() }),
      },
    },
    errors: { 403: ['forbidden', 'l1_not_authorized'], 409: ['l1_draining'] },
  }),
  describeRoute({
    method: 'POST',
    path: '/renderers/detach',
    id: 'detachRenderer',
    tag: 'rendering',
    summary: 'End what one has at a rendering server',
    auth: 'required',
    request: { body: l1ServerBody },
    answers: {
      200: {
        description: 'No token for it counts any more.',
        body: z.object({ l1_server: z.url(), attached: z.literal(false), was_attached: z.boolean() }),
      },
    },
    errors: { 403: ['forbidden', 'l1_not_authorized'] },
  }),
  describeRoute({
    method: 'POST',
    path: '/auth/verify',
    id: 'verifyL1Token',
    tag: 'rendering',
    summary: 'For rendering servers: whose token is this, and does it still count',
    auth: 'public',
    description: 'The token may come as `Authorization: Bearer` instead. No other kind of token counts here.',
    request: { body: z.object({ token: z.string().optional(), l1_server: z.string() }) },
    answers: { 200: { description: 'It counts.', body: verifiedToken } },
    errors: {
      401: ['invalid_token', 'token_revoked', ...signatureErrors],
      403: ['account_disabled', 'l1_not_authorized', 'token_scope_mismatch'],
      429: ['rate_limited'],
      503: ['revocation_unavailable'],
    },
  }),
  describeRoute({
    method: 'POST',
    path: '/auth/revoke',
    id: 'revokeL1Token',
    tag: 'rendering',
    summary: 'Say that a token for a rendering server is dead',
    description:
      'Send `token` or its id, `jti`. A rendering server adds `l1_server`, and signs for an id if it has a registered key; whose token it is, is signed in.',
    auth: 'public',
    request: {
      body: z.object({ token: z.string().optional(), jti: z.string().optional(), l1_server: z.string().optional() }),
    },
    answers: {
      200: { description: 'False for what is unknown or dead already.', body: z.object({ revoked: z.boolean() }) },
    },
    errors: { 401: signatureErrors, 403: ['l1_not_authorized', 'token_scope_mismatch'], 429: ['rate_limited'] },
  }),
];
