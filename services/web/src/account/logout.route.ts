import type { Request, RequestHandler, Response } from 'express';
import { sessionSecretOf } from '../gateway/session-secret.ts';
import { visitOf } from '../gateway/visit.ts';
import { csrfField } from '../html/page.ts';
import { askAccount, type AccountDeps } from './ask-account.ts';
import { passCookies, seeOther } from './finish-form.ts';
import { confirmLogoutPage, failedLogoutPage } from './logout.page.ts';
import { readOwnForm } from './own-form.ts';

/** `GET /logout` → 303 `/`, logged out everywhere; a question where another site, or a browser's guess, has brought the visitor here. */
export function showLogoutRoute(deps: AccountDeps): RequestHandler {
  return async (req, res) => {
    const isUnasked = req.get('sec-fetch-site') === 'cross-site' || req.get('sec-purpose')?.includes('prefetch');
    if (isUnasked) return deps.sendPage(req, res, 200, confirmLogoutPage(csrfField(req)));
    await logOut(deps, req, res);
  };
}

/** `POST /logout` (form) → 303 `/`. */
export function logoutRoute(deps: AccountDeps): RequestHandler {
  return async (req, res) => {
    await readOwnForm(req, deps.publicOrigins);
    await logOut(deps, req, res);
  };
}

async function logOut(deps: AccountDeps, req: Request, res: Response): Promise<void> {
  const visit = visitOf(req);
  if (sessionSecretOf(visit.cookie) === undefined) return seeOther(res, '/');
  const answer = await askAccount(deps, { path: '/auth/logout', visit, body: {} });
  passCookies(res, answer);
  // 401: it had ended before.
  if (answer.status === 200 || answer.status === 401) return seeOther(res, '/');
  res.set('retry-after', answer.retryAfter ?? '5');
  await deps.sendPage(req, res, answer.status >= 400 ? answer.status : 502, failedLogoutPage(csrfField(req)));
}
