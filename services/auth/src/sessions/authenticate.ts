import { unauthorized, WWW_AUTHENTICATE } from '@artdag/actor-context';
import { AppError, isCrossSiteRequest } from '@artdag/service-kit';
import type { Request } from 'express';
import { carriedCredentials } from './carried-credentials.ts';
import { callerOf, resolveCredential, type Caller, type ResolveDeps } from './resolve-credential.ts';

export interface AuthenticateDeps extends ResolveDeps {
  publicOrigins: readonly string[];
}

/** Somebody who is signed in, and not a program with a key or token of theirs. */
export type SessionCaller = Caller & { sessionId: string };

/**
 * The caller of one of auth's own routes: as the gateway asserts, else by the raw credentials, which people send who call auth's
 * port themselves (credentials.md §1). A header that fails is a 401, a cookie that fails is passed over.
 *
 * @throws AppError 401 `unauthorized` for nobody, 401 `invalid_token` for a header that is not good, 403 `csrf`
 */
export async function authenticate(deps: AuthenticateDeps, req: Request): Promise<Caller> {
  if (req.assertion !== undefined) return callerOf(req.assertion);
  for (const carried of carriedCredentials(req)) {
    const resolved = await resolveCredential(deps, carried);
    if (resolved.state === 'live') {
      if (carried.carrier === 'cookie') refuseCrossSite(deps, req, carried.secret);
      return resolved.caller;
    }
    if (carried.carrier !== 'cookie') throw invalidToken();
  }
  throw unauthorized();
}

/** @throws AppError as `authenticate`; 403 `session_required` for API keys and API tokens */
export async function authenticateSession(deps: AuthenticateDeps, req: Request): Promise<SessionCaller> {
  const caller = await authenticate(deps, req);
  const { sessionId } = caller;
  if (sessionId !== null) return { ...caller, sessionId };
  throw sessionRequired();
}

/**
 * Somebody who is signed in, or the very key or token that the request is about: no scope lets a program end its owner's others.
 *
 * @throws AppError as `authenticate`; 403 `session_required`
 */
export async function authenticateToEnd(deps: AuthenticateDeps, req: Request, id: string): Promise<Caller> {
  const caller = await authenticate(deps, req);
  if (caller.sessionId === null && caller.jti !== id) throw sessionRequired();
  return caller;
}

function sessionRequired(): AppError {
  const message = 'This takes somebody who is signed in; a key or a token will not do.';
  return new AppError('session_required', 403, message);
}

/**
 * For a request that a cookie has authenticated.
 *
 * @param formToken the form's `_csrf`
 * @throws AppError 403 `csrf`
 */
export function refuseCrossSite(
  { publicOrigins }: { publicOrigins: readonly string[] },
  req: Request,
  sessionSecret: string,
  formToken?: string,
): void {
  const evidence = {
    method: req.method,
    origin: req.get('origin'),
    secFetchSite: req.get('sec-fetch-site'),
    csrfToken: formToken ?? req.get('x-csrf-token'),
    ...{ sessionSecret, publicOrigins },
  };
  if (!isCrossSiteRequest(evidence)) return;
  throw new AppError('csrf', 403, 'This request seems to come from another site. Send it from our own pages.');
}

export function invalidToken(): AppError {
  const message = 'The token is not valid here. Sign in again to get a new one.';
  return new AppError('invalid_token', 401, message, { headers: { 'www-authenticate': WWW_AUTHENTICATE } });
}
