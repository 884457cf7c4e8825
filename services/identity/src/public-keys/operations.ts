import { describeRoute, type Operation } from '@artdag/service-kit';
import { z } from 'zod';
import { addKeyBodySchema } from './add-key.route.ts';
import { challengeBodySchema } from './issue-challenge.route.ts';
import { keySummarySchema } from './key-summary.ts';
import { signedInSchema, verifyBodySchema } from './sign-in.route.ts';

const tag = 'keys';
const badProof = ['challenge_invalid', 'bad_encoding', 'bad_key_size', 'weak_key'];
const wrongProof = ['fingerprint_mismatch', 'bad_signature'];
const limited = ['too_many_failures', 'rate_limited'];
const handle = z.string().meta({ description: 'One’s own.' });

const challenge = z
  .object({
    challenge_token: z.string().meta({ description: '64 hex characters. Sign the 32 bytes that they stand for.' }),
    is_new_key: z.boolean().meta({ description: 'Whether verifying it begins an identity, which needs a `handle`.' }),
    expires_in: z.number().int().meta({ description: 'Seconds.' }),
    algorithm: z.literal('ed25519'),
  })
  .meta({ id: 'KeyChallenge' });

/** For the API description. */
export const publicKeyOperations: readonly Operation[] = [
  describeRoute({
    ...{ method: 'POST', path: '/api/auth/challenge', id: 'challengeKey', tag, auth: 'public' },
    summary: 'Get a challenge for a key',
    description: 'Good for one use within five minutes.',
    request: { body: challengeBodySchema.meta({ id: 'KeyChallengeWanted' }) },
    answers: { 200: { description: 'To be signed by the key.', body: challenge } },
    errors: { 422: ['algorithm_unsupported'], 429: ['too_many_challenges', 'rate_limited'] },
  }),
  describeRoute({
    ...{ method: 'POST', path: '/api/auth/verify', id: 'verifyKey', tag, auth: 'public' },
    summary: 'Prove a key; a new one begins an identity',
    description: 'No token comes of it: from here on the key signs every request (`Authorization: MSign …`).',
    request: { body: verifyBodySchema.meta({ id: 'KeyProof' }) },
    answers: { 200: { description: 'Whose key it is.', body: signedInSchema } },
    errors: {
      400: badProof,
      401: [...wrongProof, 'key_expired'],
      403: ['key_revoked', 'account_disabled'],
      409: ['handle_taken', 'key_already_registered', 'too_many_keys'],
      422: ['handle_required', 'handle_invalid', 'handle_reserved', 'agent_needs_owner', 'org_needs_founder'],
      429: limited,
    },
  }),
  describeRoute({
    ...{ method: 'POST', path: '/api/auth/keys', id: 'addKey', tag, auth: 'required' },
    summary: 'Add a key to one’s identity',
    description:
      'Signed by a key of the identity (MSign), with the new key’s answer to a challenge of its own. An identity without a live key takes a ' +
      'session that began within the last five minutes instead.',
    request: { body: addKeyBodySchema.meta({ id: 'KeyToAdd' }) },
    answers: { 201: { description: 'Added.', body: keySummarySchema } },
    errors: {
      400: badProof,
      401: [...wrongProof, 'msign_required', 'key_revoked'],
      403: ['forbidden', 'recent_login_required', 'account_disabled', 'csrf'],
      409: ['key_already_registered', 'too_many_keys'],
      429: limited,
    },
  }),
  describeRoute({
    ...{ method: 'GET', path: '/api/auth/keys/{handle}', id: 'listKeys', tag, auth: 'required' },
    summary: 'One’s keys, newest first',
    request: { path: z.object({ handle }) },
    answers: {
      200: {
        description: 'The revoked ones too; at most 1,000.',
        body: z.object({ keys: z.array(keySummarySchema) }).meta({ id: 'PublicKeys' }),
      },
    },
    errors: { 403: ['forbidden'], 404: ['identity_not_found'] },
  }),
  describeRoute({
    ...{ method: 'DELETE', path: '/api/auth/keys/{handle}/{key_id}', id: 'revokeKey', tag, auth: 'required' },
    summary: 'Revoke one of one’s keys',
    description: 'When the answer comes no replica accepts it. May be repeated.',
    request: { path: z.object({ handle, key_id: z.string() }) },
    answers: { 204: { description: 'Revoked.' } },
    errors: { 403: ['forbidden', 'session_required', 'csrf'], 404: ['identity_not_found', 'key_not_found'] },
  }),
];
