import { Router, type RequestHandler } from 'express';
import { answerError } from './answer-error.ts';
import { attach, type AttachDeps } from './attach/attach.ts';
import { KitError } from './kit-error.ts';
import type { Settings } from './options.ts';
import { rawBody, readCall, type ReadCallDeps, type SignedCall } from './revocations/read-call.ts';
import { readTokenRevocation, readUserRevocation, revoke, type RevokeDeps } from './revocations/revoke.ts';
import type { Revoked } from './options.ts';
import { safePath } from './safe-path.ts';
import { assertSameOrigin } from './same-origin.ts';
import type { SessionCookie } from './sessions/cookie.ts';
import { signOut, type SignOutDeps } from './sessions/sign-out.ts';

export interface RouterDeps
  extends AttachDeps, ReadCallDeps, RevokeDeps, SignOutDeps, Pick<Settings, 'landingPath' | 'publicUrl'> {
  cookie: SessionCookie;
}

/** The routes that L2 and its people call. */
export function createRouter(deps: RouterDeps): Router {
  const router = Router();
  router.get('/auth', onlyGet, attachRoute(deps));
  router.post('/auth/revoke', rawBody, revokeRoute(deps, readTokenRevocation));
  router.post('/auth/revoke-user', rawBody, revokeRoute(deps, readUserRevocation));
  router.post('/auth/logout', logoutRoute(deps));
  router.all('/auth', notAllowed('GET'));
  router.all(['/auth/revoke', '/auth/revoke-user', '/auth/logout'], notAllowed('POST'));
  router.use(bodyErrors, answerError);
  return router;
}

/** The token leaves the address bar by the redirect, and no page of ours hands it on in a `Referer`. */
function attachRoute(deps: RouterDeps): RequestHandler {
  return async (req, res) => {
    res.set({ 'referrer-policy': 'no-referrer', 'cache-control': 'no-store' });
    const { secret, session } = await attach(deps, req.query['auth_token'], deps.cookie.read(req));
    deps.cookie.set(res, secret, session.expiresAt - deps.now().getTime());
    res.redirect(303, safePath(req.query['return_to'], deps.landingPath));
  };
}

function revokeRoute(deps: RouterDeps, read: (call: SignedCall) => Revoked): RequestHandler {
  return async (req, res) => {
    await revoke(deps, read(await readCall(deps, req)));
    res.set('cache-control', 'no-store').json({ revoked: true });
  };
}

function logoutRoute(deps: RouterDeps): RequestHandler {
  return async (req, res) => {
    assertSameOrigin(req, deps.publicUrl);
    const secret = deps.cookie.read(req);
    if (secret !== undefined) await signOut(deps, secret);
    deps.cookie.clear(res);
    res.set('cache-control', 'no-store').redirect(303, deps.landingPath);
  };
}

/** Express takes HEAD for GET; a link checker's HEAD must not open a session. */
const onlyGet: RequestHandler = (req, _res, next) => next(req.method === 'GET' ? undefined : methodError('GET'));

function notAllowed(allow: string): RequestHandler {
  return (_req, _res, next) => next(methodError(allow));
}

function methodError(allow: string): KitError {
  return new KitError('method_not_allowed', 405, `This path takes ${allow} only.`, { headers: { allow } });
}

/** What express.raw refuses, in our words. */
const bodyErrors = (error: unknown, _req: unknown, _res: unknown, next: (error: unknown) => void): void => {
  const status = (error as { status?: unknown } | null)?.status;
  if (error instanceof KitError || typeof status !== 'number' || status >= 500) return next(error);
  if (status === 413) return next(new KitError('body_too_large', 413, 'The body is over 16 KiB.'));
  return next(new KitError('invalid_body', status, 'The body could not be read: send it whole and uncompressed.'));
};
