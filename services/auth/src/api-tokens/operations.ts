import { describeRoute, type Operation } from '@artdag/service-kit';
import { z } from 'zod';
import { mintApiTokenBodySchema } from './mint-api-token.route.ts';

const tag = 'accounts';
const when = z.iso.datetime();

const common = {
  id: z.string().meta({ description: '`tok_…`, the token’s `jti`.' }),
  label: z.string(),
  scopes: z.array(z.string()),
  org: z.string().nullable().meta({ description: 'The organisation in which it acts.' }),
  expires_at: when,
};

const minted = z
  .object({ ...common, token: z.string().meta({ description: 'RS256 JWT, shown this once; a Bearer credential.' }) })
  .meta({ id: 'NewApiToken' });

const listed = z
  .object({ ...common, created_at: when, last_used_at: when.nullable(), revoked_at: when.nullable() })
  .meta({ id: 'ApiToken' });

/** For the API description. */
export const apiTokenOperations: readonly Operation[] = [
  describeRoute({
    ...{ method: 'POST', path: '/v1/tokens', id: 'mintApiToken', tag, auth: 'required' },
    summary: 'Mint an API token',
    request: { body: mintApiTokenBodySchema.meta({ id: 'ApiTokenWanted' }) },
    answers: { 201: { description: 'Minted; the token is shown this once.', body: minted } },
    errors: { 403: ['session_required', 'scope_not_allowed', 'org_not_allowed', 'csrf'] },
  }),
  describeRoute({
    ...{ method: 'GET', path: '/v1/tokens', id: 'listApiTokens', tag, auth: 'required' },
    summary: 'One’s API tokens, newest first',
    answers: {
      200: { description: 'The ended ones too; at most 1,000.', body: z.object({ tokens: z.array(listed) }) },
    },
    errors: { 403: ['session_required'] },
  }),
  describeRoute({
    ...{ method: 'DELETE', path: '/v1/tokens/{id}', id: 'revokeApiToken', tag, auth: 'required' },
    summary: 'Revoke an API token',
    description: 'When the answer comes no replica accepts it. May be repeated.',
    request: { path: z.object({ id: z.string() }) },
    answers: { 204: { description: 'Revoked.' } },
    errors: { 403: ['session_required', 'csrf'], 404: ['token_not_found'] },
  }),
];
