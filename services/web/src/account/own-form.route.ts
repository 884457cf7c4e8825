import { AppError } from '@artdag/service-kit';
import type { Request, RequestHandler, Response } from 'express';
import type { GatewayAnswer, GatewayCall } from '../gateway/gateway.ts';
import type { ReadApi } from '../gateway/read-api.ts';
import { visitOf } from '../gateway/visit.ts';
import { askAccount, type AccountDeps } from './ask-account.ts';
import { passCookies, seeOther } from './finish-form.ts';
import { readOwnForm } from './own-form.ts';
import { codeOf } from './refusal.ts';
import { linkWith } from './return-to.ts';

export type OwnDeps = AccountDeps & { readApi: ReadApi };

/** A page with a form: how it is shown, and what is done when the form comes. */
export interface FormPage {
  show: RequestHandler;
  send: RequestHandler;
}

export interface SentForm {
  req: Request;
  res: Response;
  form: URLSearchParams;
  /** Asks the API for what the form wants, as the visitor, and hands its cookies and `Retry-After` through. */
  ask(call: Omit<GatewayCall, 'visit'>): Promise<GatewayAnswer>;
}

const recentLogin = 'recent_login_required';

/**
 * Takes a form of ours from who is logged in. Who is not, or not any more, or not since recently where the API wants that
 * (`recent_login_required`), is led to the login, and back to the form's page.
 *
 * @param pageOf where the form is, by what was sent
 */
export function ownFormRoute(
  deps: AccountDeps,
  pageOf: string | ((form: URLSearchParams) => string),
  work: (sent: SentForm) => Promise<void>,
): RequestHandler {
  return async (req, res) => {
    const form = await readOwnForm(req, deps.publicOrigins);
    try {
      if ((await deps.visitorOf(req)).state === 'anonymous') throw unauthorized();
      await work({ req, res, form, ask: (call) => ask(deps, req, res, call) });
    } catch (error) {
      const isLogin = error instanceof AppError && (error.status === 401 || error.code === recentLogin);
      if (!isLogin) throw error;
      const page = typeof pageOf === 'string' ? pageOf : pageOf(form);
      seeOther(res, linkWith('/login', page, { again: error.code === recentLogin }));
    }
  };
}

async function ask(deps: AccountDeps, req: Request, res: Response, call: Omit<GatewayCall, 'visit'>) {
  const answer = await askAccount(deps, { ...call, visit: visitOf(req) });
  passCookies(res, answer);
  if (answer.status === 401) throw unauthorized();
  if (codeOf(answer) === recentLogin) throw new AppError(recentLogin, 403, 'This needs a fresh login.');
  if (answer.retryAfter !== undefined) res.set('retry-after', answer.retryAfter);
  return answer;
}

function unauthorized(): AppError {
  return new AppError('unauthorized', 401, 'Log in to do this.');
}
