import { describeRoute, type Operation } from '@artdag/service-kit';
import { z } from 'zod';
import { agentsQuerySchema, ownAgentSchema } from '../agents/list-agents.route.ts';
import { provisionAgentBodySchema } from '../agents/provision-agent.route.ts';
import { keySummarySchema } from '../public-keys/key-summary.ts';
import { createOrgBodySchema } from './create-org.route.ts';
import { listQuerySchema } from './list-profiles.route.ts';
import { pageAnswer } from './page-query.ts';
import { identitySchema } from './profile.ts';
import { profileChangesSchema } from './profile-changes.ts';

const tag = 'identities';
const path = z.object({ handle: z.string() });
const cached = { etag: 'For `If-None-Match`.' };
const notFound = ['identity_not_found'];

const provisioned = z
  .object({
    identity: identitySchema,
    key: keySummarySchema,
    expires_at: z.iso.datetime().meta({ description: 'When the agent ends by itself.' }),
    spawned_by: z.string().meta({ description: 'The owner’s actor id.' }),
  })
  .meta({ id: 'ProvisionedAgent' });

const profiles: readonly Operation[] = [
  describeRoute({
    ...{ method: 'GET', path: '/api/identities', id: 'listIdentities', tag, auth: 'public' },
    summary: 'People, agents and organisations, the oldest first',
    request: { query: listQuerySchema },
    answers: {
      200: {
        description: 'A page of them.',
        body: z.object({ identities: z.array(identitySchema), ...pageAnswer }).meta({ id: 'Identities' }),
        headers: cached,
      },
      304: { description: 'As it was.' },
    },
    errors: { 422: ['validation_error'] },
  }),
  describeRoute({
    ...{ method: 'POST', path: '/api/identities', id: 'createOrganisation', tag, auth: 'required' },
    summary: 'Make an organisation',
    description: 'By a session or a signed request of a person, who owns it. May be repeated.',
    request: { body: createOrgBodySchema.meta({ id: 'OrganisationWanted' }) },
    answers: {
      200: { description: 'The caller’s own, there already.', body: identitySchema },
      201: { description: 'Made.', body: identitySchema },
    },
    errors: {
      403: ['forbidden', 'session_required', 'csrf'],
      409: ['handle_taken', 'too_many_organisations'],
      422: ['handle_invalid', 'handle_reserved'],
    },
  }),
  describeRoute({
    ...{ method: 'GET', path: '/api/identities/{handle}', id: 'getIdentity', tag, auth: 'public' },
    summary: 'The profile of a handle',
    request: { path },
    answers: {
      200: { description: 'What its owner lets everybody see.', body: identitySchema, headers: cached },
      304: { description: 'As it was.' },
    },
    errors: { 404: notFound },
  }),
  describeRoute({
    ...{ method: 'PATCH', path: '/api/identities/{handle}', id: 'updateIdentity', tag, auth: 'required' },
    summary: 'Change a profile',
    description: 'One’s own, an agent’s by its owner, an organisation’s by its owners.',
    request: { path, body: profileChangesSchema.meta({ id: 'ProfileChanges' }) },
    answers: { 200: { description: 'As it is now.', body: identitySchema } },
    errors: { 403: ['forbidden', 'session_required', 'account_disabled', 'csrf'], 404: notFound },
  }),
  describeRoute({
    ...{ method: 'DELETE', path: '/api/identities/{handle}', id: 'deleteIdentity', tag, auth: 'required' },
    summary: 'Delete an identity for good',
    description:
      'A person’s goes with the whole account, and takes a signed request or a login of the last five minutes; an agent’s with all that it ' +
      'holds. The handle is never given again.',
    request: { path },
    answers: { 204: { description: 'Deleted; nothing of it is accepted any more.' } },
    errors: {
      403: ['forbidden', 'session_required', 'recent_login_required', 'account_disabled', 'csrf'],
      409: ['last_owner', 'last_sysadmin'],
    },
  }),
];

const agents: readonly Operation[] = [
  describeRoute({
    ...{ method: 'POST', path: '/api/identities/agent', id: 'createAgent', tag, auth: 'required' },
    summary: 'Make an agent with a key of its own',
    description:
      'By a session or a signed request of a person. The challenge is one for the agent’s key, and answered by it. An agent adds no keys, makes ' +
      'no agents and has no scope that its owner has not. The same again gives the agent that is there.',
    request: { body: provisionAgentBodySchema.meta({ id: 'AgentWanted' }) },
    answers: {
      200: { description: 'There already.', body: provisioned },
      201: { description: 'Made.', body: provisioned },
    },
    errors: {
      400: ['challenge_invalid', 'bad_encoding', 'bad_key_size', 'weak_key'],
      401: ['fingerprint_mismatch', 'bad_signature', 'key_revoked'],
      403: ['forbidden', 'session_required', 'scope_not_allowed', 'account_disabled', 'csrf'],
      409: ['too_many_agents', 'handle_taken', 'key_already_registered'],
      422: ['handle_invalid', 'handle_reserved'],
      429: ['too_many_failures'],
    },
  }),
  describeRoute({
    ...{ method: 'GET', path: '/api/identities/agent', id: 'listAgents', tag, auth: 'required' },
    summary: 'One’s agents, the newest first',
    request: { query: agentsQuerySchema },
    answers: {
      200: {
        description: 'The ended ones too.',
        body: z.object({ identities: z.array(ownAgentSchema), ...pageAnswer }).meta({ id: 'OwnAgents' }),
      },
    },
    errors: { 403: ['forbidden'], 422: ['validation_error'] },
  }),
  describeRoute({
    ...{ method: 'DELETE', path: '/api/identities/agent/{handle}', id: 'endAgent', tag, auth: 'required' },
    summary: 'End an agent',
    description: 'When the answer comes no replica accepts anything of it. May be repeated.',
    request: { path },
    answers: { 204: { description: 'Ended.' } },
    errors: { 403: ['forbidden', 'session_required', 'csrf'] },
  }),
];

/** For the API description. */
export const identityOperations: readonly Operation[] = [...profiles, ...agents];
