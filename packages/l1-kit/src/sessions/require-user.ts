import type { Request, RequestHandler } from 'express';
import { answerError } from '../answer-error.ts';
import { KitError } from '../kit-error.ts';
import type { Settings } from '../options.ts';
import { assertSameOrigin } from '../same-origin.ts';
import type { CheckSession } from './check-session.ts';
import type { SessionCookie } from './cookie.ts';
import { userOfSession, type L1User, type Session } from './session.ts';

export interface RequireUserDeps extends Pick<Settings, 'publicUrl'> {
  cookie: SessionCookie;
  checkSession: CheckSession;
}

export interface RequireUser {
  requireUser: RequestHandler;
  sessionOf(req: Request): Session;
  userOf(req: Request): L1User;
}

export function createRequireUser({ publicUrl, cookie, checkSession }: RequireUserDeps): RequireUser {
  const sessions = new WeakMap<Request, Session>();

  const requireUser: RequestHandler = async (req, res, next) => {
    try {
      const secret = cookie.read(req);
      if (secret === undefined)
        throw new KitError('not_signed_in', 401, 'You are not signed in. Attach this server at your L2.');
      sessions.set(req, await checkSession(secret));
      assertSameOrigin(req, publicUrl);
    } catch (error) {
      if (error instanceof KitError && error.status === 401) cookie.clear(res);
      return answerError(error, req, res, next);
    }
    res.set('cache-control', 'no-store');
    return next();
  };

  function sessionOf(req: Request): Session {
    const session = sessions.get(req);
    if (session === undefined) throw new Error('Nobody is known to be signed in: put requireUser before this handler.');
    return session;
  }
  return { requireUser, sessionOf, userOf: (req) => userOfSession(sessionOf(req)) };
}
