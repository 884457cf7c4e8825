import { describeRoute, type Operation } from '@artdag/service-kit';
import { z } from 'zod';
import { signedIn } from '../sessions/answer-schemas.ts';
import { createApiKeyBodySchema } from './create-api-key.route.ts';

const tag = 'accounts';
const when = z.iso.datetime();

const common = {
  id: z.string(),
  description: z.string(),
  created_at: when,
  expires_at: when.nullable().meta({ description: 'Null: it does not expire.' }),
  last_used: when.nullable().meta({ description: 'Written at most once a minute.' }),
  is_active: z.boolean(),
};

const made = z
  .object({
    ...common,
    key: z.string().meta({ description: '`dk_…`, shown this once; goes into `X-API-Key`.' }),
    actor_id: z.string(),
    actor: signedIn.shape.actor,
  })
  .meta({ id: 'NewApiKey' });

const listed = z
  .object({ ...common, key_preview: z.string().meta({ description: 'Its first 8 characters and `...`.' }) })
  .meta({ id: 'ApiKey' });

/** For the API description. */
export const apiKeyOperations: readonly Operation[] = [
  describeRoute({
    ...{ method: 'POST', path: '/auth/api-keys', id: 'createApiKey', tag, auth: 'required' },
    summary: 'Make an API key',
    request: { body: createApiKeyBodySchema.meta({ id: 'ApiKeyWanted' }) },
    answers: { 201: { description: 'Made; the key is shown this once.', body: made } },
    errors: { 403: ['session_required', 'scope_not_allowed', 'csrf'], 409: ['too_many_keys'] },
  }),
  describeRoute({
    ...{ method: 'GET', path: '/auth/api-keys', id: 'listApiKeys', tag, auth: 'required' },
    summary: 'One’s API keys, newest first',
    answers: { 200: { description: 'The ended ones too; at most 1,000.', body: z.array(listed) } },
  }),
  describeRoute({
    ...{ method: 'DELETE', path: '/auth/api-keys/{key_id}', id: 'deleteApiKey', tag, auth: 'required' },
    summary: 'End an API key',
    description: 'When the answer comes no replica accepts it. May be repeated.',
    request: { path: z.object({ key_id: z.string() }) },
    answers: {
      200: { description: 'Ended.', body: z.object({ status: z.literal('deleted'), key_id: z.string() }) },
    },
    errors: { 403: ['session_required', 'csrf'], 404: ['api_key_not_found'] },
  }),
];
