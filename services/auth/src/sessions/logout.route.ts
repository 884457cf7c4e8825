import { unauthorized, type Assertion } from '@artdag/actor-context';
import { clientIp, csrfTokenOf, returnPath } from '@artdag/service-kit';
import type { Request, RequestHandler, Response } from 'express';
import { z } from 'zod';
import type { SessionCookies } from '../cookies/session-cookies.ts';
import { invalidToken, refuseCrossSite } from './authenticate.ts';
import { carriedCredentials, hasSessionCookie, type Carried } from './carried-credentials.ts';
import { isForm, readForm } from './form-body.ts';
import { findLeaving, logout, type LogoutDeps } from './logout.ts';
import { confirmPage, confirmPolicy } from './logout-page.ts';
import { callerOf } from './resolve-credential.ts';

export interface LogoutRouteDeps extends LogoutDeps {
  cookies: SessionCookies;
  publicOrigins: readonly string[];
}

export const logoutBodySchema = z
  .object({
    all: z.boolean().optional().meta({ description: 'End every session of the actor, and not this one only.' }),
  })
  .optional();

/**
 * `POST /auth/logout` `{all?}` → 200 `{"status": "logged_out"}`, also when a logout has ended the credential before; 401 for any other
 * that is not good. By the confirm page's form → 302. A request that a public key has signed (MSign) has no session of its own: it ends L1
 * tokens, and with `all` every session of the actor.
 */
export function logoutRoute(deps: LogoutRouteDeps): RequestHandler {
  return async (req, res) => {
    const form = isForm(req) ? await readForm(req) : null;
    const all = form === null && logoutBodySchema.parse(req.body)?.all === true;
    if (req.assertion?.method === 'msign') return await logoutSigned(deps, req, res, { assertion: req.assertion, all });
    const carried = carriedCredentials(req);
    const found = await findLeaving(deps, carried);
    if (found === null) throw refusal(deps, req, res, carried);
    if (found.by.carrier === 'cookie') refuseCrossSite(deps, req, found.by.secret, form?.get('_csrf') ?? undefined);
    await logout(deps, found, { all, ip: clientIp(req), requestId: res.locals.requestId });
    deps.cookies.clear(res);
    if (form !== null) return res.redirect(302, returnPath(form.get('return_to')));
    return void res.set('cache-control', 'no-store').json({ status: 'logged_out' });
  };
}

/**
 * `GET /auth/logout` → 302 to `return_to` or `/`. A link on another site must not log anybody out, nor a browser that fetches it on a
 * guess: who comes that way is asked first, by a page whose form makes the POST.
 */
export function browserLogoutRoute(deps: LogoutRouteDeps): RequestHandler {
  return async (req, res) => {
    res.set('cache-control', 'no-store');
    const next = returnPath(req.query['return_to']);
    const carried = carriedCredentials(req);
    const cookie = carried.find(({ carrier }) => carrier === 'cookie');
    if (cookie !== undefined && isUnasked(req)) {
      const found = await findLeaving(deps, carried);
      const csrf = csrfTokenOf((found?.by ?? cookie).secret);
      return void res.set('content-security-policy', confirmPolicy).type('html').send(confirmPage({ csrf, next }));
    }
    const found = await findLeaving(deps, carried);
    if (found === null && carried.some(({ carrier }) => carrier !== 'cookie')) throw invalidToken();
    if (found !== null) {
      await logout(deps, found, { all: false, ip: clientIp(req), requestId: res.locals.requestId });
    }
    deps.cookies.clear(res);
    return res.redirect(302, next);
  };
}

async function logoutSigned(
  deps: LogoutRouteDeps,
  req: Request,
  res: Response,
  { assertion, all }: { assertion: Assertion; all: boolean },
): Promise<void> {
  const leaving = { caller: callerOf(assertion), isLive: true };
  await logout(deps, leaving, { all, ip: clientIp(req), requestId: res.locals.requestId });
  res.set('cache-control', 'no-store').json({ status: 'logged_out' });
}

function isUnasked(req: Request): boolean {
  return req.get('sec-fetch-site') === 'cross-site' || req.get('sec-purpose')?.includes('prefetch') === true;
}

function refusal(deps: LogoutRouteDeps, req: Request, res: Response, carried: readonly Carried[]): Error {
  if (hasSessionCookie(req)) deps.cookies.clear(res);
  return carried.some(({ carrier }) => carrier !== 'cookie') ? invalidToken() : unauthorized();
}
