import { describeRoute, type Operation } from '@artdag/service-kit';
import { formType } from '../sessions/form-body.ts';
import { me, signedIn } from '../sessions/answer-schemas.ts';
import { changePasswordBodySchema } from './change-password.route.ts';
import { deleteMeBodySchema } from './delete-me.route.ts';
import { loginBodySchema } from './login.route.ts';
import { registerBodySchema } from './register.route.ts';
import { updateMeBodySchema } from './update-me.route.ts';

const tag = 'accounts';
const guessing = ['busy', 'too_many_attempts', 'too_many_failures'];

/** The routes of accounts, for the API description. */
export const accountOperations: readonly Operation[] = [
  describeRoute({
    ...{ method: 'POST', path: '/auth/register', id: 'register', tag, auth: 'public' },
    summary: 'Make an account with a password',
    description:
      'Makes the account, its personal organisation and a first session. The actor keys are made soon after.',
    request: { body: registerBodySchema.meta({ id: 'NewAccount' }) },
    answers: { 201: { description: 'Made, and signed in; sets the cookies of a browser.', body: signedIn } },
    errors: { 409: ['handle_taken', 'email_taken'], 429: ['busy'] },
  }),
  describeRoute({
    ...{ method: 'POST', path: '/auth/login', id: 'login', tag, auth: 'public' },
    summary: 'Sign in with a password',
    description:
      'Takes one of `username`, `email` and `login`; `login` may be either of the other two. A session that the browser ' +
      `had before is ended. A form (\`${formType}\`) starts a login through ATProto, which is not available yet.`,
    request: { body: loginBodySchema.meta({ id: 'Login' }) },
    answers: { 200: { description: 'Signed in; sets the cookies of a browser.', body: signedIn } },
    errors: {
      400: ['use_login_page'],
      401: ['invalid_credentials'],
      403: ['account_disabled'],
      429: guessing,
      501: ['atproto_not_available'],
    },
  }),
  describeRoute({
    ...{ method: 'POST', path: '/auth/password', id: 'changePassword', tag, auth: 'required' },
    summary: 'Change the password',
    description:
      'Ends every session, and gives the caller a new one. API keys and API tokens stay. Takes a session; keys and tokens get 403.',
    request: { body: changePasswordBodySchema.meta({ id: 'PasswordChange' }) },
    answers: { 200: { description: 'Changed, and signed in anew.', body: signedIn } },
    errors: { 403: ['wrong_password', 'session_required', 'csrf'], 429: guessing },
  }),
  describeRoute({
    ...{ method: 'PATCH', path: '/auth/me', id: 'updateMe', tag, auth: 'required' },
    summary: 'Change one’s name, address or active organisation',
    request: { body: updateMeBodySchema.meta({ id: 'MeChanges' }) },
    answers: { 200: { description: 'The actor as it is now.', body: me } },
    errors: { 403: ['not_a_member', 'session_required', 'csrf'], 409: ['email_taken'] },
  }),
  describeRoute({
    ...{ method: 'DELETE', path: '/auth/me', id: 'deleteMe', tag, auth: 'required' },
    summary: 'Delete one’s account for good',
    description: 'Ends whatever the account has. Its name is never given again.',
    request: { body: deleteMeBodySchema.meta({ id: 'AccountDeletion' }) },
    answers: { 204: { description: 'Gone.' } },
    errors: {
      403: ['wrong_password', 'session_required', 'csrf'],
      409: ['last_sysadmin', 'last_owner'],
      429: guessing,
    },
  }),
];
