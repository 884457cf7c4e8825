import { describeRoute, type Operation } from '@artdag/service-kit';
import { z } from 'zod';
import { me } from './answer-schemas.ts';
import { logoutBodySchema } from './logout.route.ts';

const tag = 'accounts';

const session = z
  .object({
    id: z.string(),
    created_at: z.iso.datetime(),
    last_activity_at: z.iso.datetime(),
    expires_at: z.iso.datetime(),
    ip: z.string().nullable(),
    user_agent: z.string().nullable(),
    method: z.string().meta({ description: 'How its owner signed in.' }),
    current: z.boolean().meta({ description: 'Whether it is the caller’s.' }),
  })
  .meta({ id: 'Session' });

/** The routes of sessions, for the API description. */
export const sessionOperations: readonly Operation[] = [
  describeRoute({
    ...{ method: 'GET', path: '/auth/me', id: 'getMe', tag, auth: 'required' },
    summary: 'Who the credential stands for',
    answers: { 200: { description: 'The actor, and how it is signed in.', body: me } },
  }),
  describeRoute({
    ...{ method: 'POST', path: '/auth/logout', id: 'logout', tag, auth: 'required' },
    summary: 'End the session, or all of them',
    description:
      'Ends the session of the credential and the actor’s L1 tokens; an API key, a token or a signed request (MSign) has no session to end, ' +
      'but ends them all with `all`. When the ' +
      'answer comes no replica accepts any of it. A credential that a logout has ended gets 200 again.',
    request: { body: logoutBodySchema },
    answers: {
      200: { description: 'Ended; the cookies are taken back.', body: z.object({ status: z.literal('logged_out') }) },
    },
    errors: { 403: ['csrf'] },
  }),
  describeRoute({
    ...{ method: 'GET', path: '/auth/logout', id: 'logoutBrowser', tag, auth: 'public' },
    summary: 'Log a browser out',
    description: 'A visitor whom another site has sent is asked first.',
    request: {
      query: z.object({
        return_to: z.string().optional().meta({ description: 'A path of ours; anything else is `/`.' }),
      }),
    },
    answers: {
      200: { description: 'A page that asks.', body: z.string(), mediaTypes: ['text/html'] },
      302: { description: 'Logged out.', headers: { location: '`return_to` or `/`.' } },
    },
  }),
  describeRoute({
    ...{ method: 'GET', path: '/auth/sessions', id: 'listSessions', tag, auth: 'required' },
    summary: 'One’s live sessions, latest use first',
    answers: { 200: { description: 'At most 100.', body: z.object({ sessions: z.array(session) }) } },
    errors: { 403: ['session_required'] },
  }),
  describeRoute({
    ...{ method: 'DELETE', path: '/auth/sessions', id: 'endOtherSessions', tag, auth: 'required' },
    summary: 'End all sessions but the caller’s',
    answers: { 204: { description: 'Ended, everywhere.' } },
    errors: { 403: ['session_required', 'csrf'] },
  }),
  describeRoute({
    ...{ method: 'DELETE', path: '/auth/sessions/{id}', id: 'endSession', tag, auth: 'required' },
    summary: 'End one of one’s sessions',
    request: { path: z.object({ id: z.string() }) },
    answers: { 204: { description: 'Ended, everywhere.' } },
    errors: { 403: ['session_required', 'csrf'], 404: ['session_not_found'] },
  }),
];
