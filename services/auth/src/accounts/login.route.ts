import { AppError } from '@artdag/service-kit';
import type { Request, RequestHandler } from 'express';
import { z } from 'zod';
import { deviceCookie, sessionCookie } from '../cookies/session-cookies.ts';
import { cookieOf } from '../sessions/carried-credentials.ts';
import { clientOf } from '../sessions/client-of.ts';
import { isForm, readForm } from '../sessions/form-body.ts';
import { resolveCredential, type ResolveDeps } from '../sessions/resolve-credential.ts';
import { sendSignedIn, type SignedInDeps } from '../sessions/session-answer.ts';
import { login, type Login, type LoginDeps } from './login.ts';

const name = z.string().min(1).max(254);

export const loginBodySchema = z
  .object({
    login: name.optional(),
    username: name.optional(),
    email: name.optional(),
    // Longer than any password of ours, to be found wrong and not malformed.
    password: z.string().min(1).max(1024),
    mfa_code: z.string().max(64).optional().meta({ description: 'Of no use yet: there is no second factor.' }),
  })
  .transform(({ login: either, username, email, password }, context) => {
    const who = either ?? username ?? email;
    if (who !== undefined) return { login: who, password };
    context.addIssue({ code: 'custom', path: ['username'], message: 'Give username, email or login.' });
    return z.NEVER;
  });

export type LoginRouteDeps = LoginDeps & SignedInDeps & ResolveDeps;

/**
 * `POST /auth/login`, by content type (conflicts C2). JSON `{username | email | login, password}` → 200 with the session, its tokens and
 * its cookies. A form is the start of a login through ATProto, which comes later: 501 `atproto_not_available`; one with a password is
 * meant for our login page: 400 `use_login_page`.
 */
export function loginRoute(deps: LoginRouteDeps): RequestHandler {
  return async (req, res) => {
    if (isForm(req)) throw refuseForm(await readForm(req));
    const input = loginBodySchema.parse(req.body);
    const device = deps.devices.read(cookieOf(req, deviceCookie));
    const presented = await presentedSession(deps, req);
    const client = clientOf(req);
    const signedIn = await login(deps, { ...input, client, device, presented, requestId: res.locals.requestId });
    sendSignedIn(deps, req, res, 200, signedIn);
  };
}

async function presentedSession(deps: ResolveDeps, req: Request): Promise<Login['presented']> {
  const secret = cookieOf(req, sessionCookie);
  if (secret === undefined) return null;
  const resolved = await resolveCredential(deps, { carrier: 'cookie', secret });
  if (resolved.state !== 'live' || resolved.caller.sessionId === null) return null;
  return { actorId: resolved.caller.actorId, sessionId: resolved.caller.sessionId };
}

function refuseForm(form: URLSearchParams): AppError {
  if (form.has('password')) {
    return new AppError('use_login_page', 400, 'Passwords are taken by the login page, /login, or here as JSON.');
  }
  return new AppError('atproto_not_available', 501, 'Signing in with an ATProto handle is not available yet.');
}
