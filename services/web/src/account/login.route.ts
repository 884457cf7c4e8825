import { returnPath } from '@artdag/service-kit';
import type { RequestHandler } from 'express';
import type { GatewayAnswer } from '../gateway/gateway.ts';
import { visitOf } from '../gateway/visit.ts';
import { csrfField } from '../html/page.ts';
import { askAccount, type AccountDeps } from './ask-account.ts';
import { passCookies, seeOther } from './finish-form.ts';
import { loginPage } from './login.page.ts';
import { readOwnForm } from './own-form.ts';
import { codeOf, commonRefusal, type Refusal } from './refusal.ts';
import { signedInPage } from './signed-in.page.ts';

/** `GET /login?return_to&again` → the form, or who is logged in already, unless they are to log in anew. */
export function showLoginRoute({ visitorOf, sendPage }: AccountDeps): RequestHandler {
  return async (req, res) => {
    const returnTo = returnPath(req.query['return_to']);
    const csrf = csrfField(req);
    const visitor = await visitorOf(req);
    const username = visitor.state === 'signed-in' ? visitor.username : '';
    const isAgain = req.query['again'] === '1';
    const page =
      username !== '' && !isAgain
        ? signedInPage({ username, returnTo, csrf })
        : loginPage({ username, returnTo, csrf, isAgain });
    await sendPage(req, res, 200, page);
  };
}

/** `POST /login` (form `username`, `password`, `return_to?`) → 303 with the session's cookies, or the form and what is wrong. */
export function loginRoute(deps: AccountDeps): RequestHandler {
  return async (req, res) => {
    const form = await readOwnForm(req, deps.publicOrigins);
    const username = form.get('username')?.trim() ?? '';
    const password = form.get('password') ?? '';
    const returnTo = returnPath(form.get('return_to'));
    let refusal = missing(username, password);
    if (refusal === undefined) {
      const call = { path: '/auth/login', visit: visitOf(req), body: { username, password } };
      const answer = await askAccount(deps, call);
      passCookies(res, answer);
      if (answer.status === 200) return seeOther(res, returnTo);
      if (answer.retryAfter !== undefined) res.set('retry-after', answer.retryAfter);
      refusal = refusalOf(answer);
    }
    await deps.sendPage(req, res, refusal.status, loginPage({ username, returnTo, csrf: csrfField(req), refusal }));
  };
}

function missing(username: string, password: string): Refusal | undefined {
  const fields = {
    ...(username === '' ? { username: 'Enter your user name or e-mail address.' } : {}),
    ...(password === '' ? { password: 'Enter your password.' } : {}),
  };
  return Object.keys(fields).length === 0 ? undefined : { status: 401, fields };
}

function refusalOf(answer: GatewayAnswer): Refusal {
  const common = commonRefusal(answer);
  if (common !== undefined) return common;
  if (codeOf(answer) === 'account_disabled') return { status: 403, message: 'This account is disabled.' };
  if (codeOf(answer) === 'mfa_required') {
    return { status: 401, message: 'This account needs a second factor, which this page cannot ask for.' };
  }
  // Whatever else the API says of a name or a password: they are not those of an account.
  return { status: 401, message: 'The user name or the password is wrong.' };
}
