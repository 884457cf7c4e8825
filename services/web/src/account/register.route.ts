import { returnPath } from '@artdag/service-kit';
import type { RequestHandler } from 'express';
import type { GatewayAnswer } from '../gateway/gateway.ts';
import { visitOf } from '../gateway/visit.ts';
import { csrfField } from '../html/page.ts';
import { askAccount, type AccountDeps } from './ask-account.ts';
import { passCookies, seeOther } from './finish-form.ts';
import { readOwnForm } from './own-form.ts';
import { codeOf, commonRefusal, fieldsOf, type Refusal } from './refusal.ts';
import { registerPage } from './register.page.ts';
import { signedInPage } from './signed-in.page.ts';

/** `GET /register?return_to` → the form, or who is logged in already. */
export function showRegisterRoute({ visitorOf, sendPage }: AccountDeps): RequestHandler {
  return async (req, res) => {
    const returnTo = returnPath(req.query['return_to']);
    const csrf = csrfField(req);
    const visitor = await visitorOf(req);
    const page =
      visitor.state === 'signed-in'
        ? signedInPage({ username: visitor.username, returnTo, csrf })
        : registerPage({ username: '', email: '', returnTo, csrf });
    await sendPage(req, res, 200, page);
  };
}

/** `POST /register` (form `username`, `password`, `email?`, `return_to?`) → 303 with the cookies of the first session, or the form. */
export function registerRoute(deps: AccountDeps): RequestHandler {
  return async (req, res) => {
    const form = await readOwnForm(req, deps.publicOrigins);
    const username = form.get('username')?.trim() ?? '';
    const password = form.get('password') ?? '';
    const email = form.get('email')?.trim() ?? '';
    const returnTo = returnPath(form.get('return_to'));
    const body = { username, password, ...(email === '' ? {} : { email }) };
    const answer = await askAccount(deps, { path: '/auth/register', visit: visitOf(req), body });
    passCookies(res, answer);
    if (answer.status === 201) return seeOther(res, returnTo);
    if (answer.retryAfter !== undefined) res.set('retry-after', answer.retryAfter);
    const refusal = refusalOf(answer);
    const page = registerPage({ username, email, returnTo, csrf: csrfField(req), refusal });
    await deps.sendPage(req, res, refusal.status, page);
  };
}

const taken: Record<string, Record<string, string>> = {
  handle_taken: { username: 'This user name is taken. Choose another one.' },
  email_taken: { email: 'There is an account with this e-mail address already.' },
};

const rules: Record<string, string> = {
  username: 'A user name has 3 to 30 letters a to z, digits and hyphens, and no hyphen at either end.',
  password: 'A password has 8 to 128 characters.',
  email: 'This is no e-mail address.',
};

function refusalOf(answer: GatewayAnswer): Refusal {
  const common = commonRefusal(answer);
  if (common !== undefined) return common;
  const fields = taken[codeOf(answer)] ?? fieldsOf(answer, rules);
  if (Object.keys(fields).length > 0) return { status: 400, fields };
  return { status: 400, message: 'The account could not be made with these details.' };
}
