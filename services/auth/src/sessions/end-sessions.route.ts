import { AppError } from '@artdag/service-kit';
import type { RequestHandler } from 'express';
import { byOf } from '../by-of.ts';
import type { SessionCookies } from '../cookies/session-cookies.ts';
import { authenticateSession, type AuthenticateDeps } from './authenticate.ts';
import { endSession, type EndSessionDeps } from './end-session.ts';
import type { KnownSession } from './stored-session.ts';

export interface EndSessionsRouteDeps extends AuthenticateDeps, EndSessionDeps {
  cookies: SessionCookies;
}

/** `DELETE /auth/sessions/{id}` → 204; 404 `session_not_found` for one that is unknown or another's. */
export function endOneSessionRoute(deps: EndSessionsRouteDeps): RequestHandler<{ id: string }> {
  return async (req, res) => {
    const { actorId, sessionId } = await authenticateSession(deps, req);
    const { id } = req.params;
    const session: KnownSession | null = /^ses_[0-9a-z]{26}$/.test(id)
      ? await deps.sessions.knownById(id, deps.now())
      : null;
    if (session?.actorId !== actorId) throw new AppError('session_not_found', 404, 'You have no such session.');
    await endSession(deps, { actorId, which: { only: id }, reason: 'session_ended', by: byOf(actorId, req, res) });
    if (id === sessionId) deps.cookies.clear(res);
    res.status(204).end();
  };
}

/** `DELETE /auth/sessions` → 204: all but the caller's. */
export function endOtherSessionsRoute(deps: EndSessionsRouteDeps): RequestHandler {
  return async (req, res) => {
    const { actorId, sessionId } = await authenticateSession(deps, req);
    await endSession(deps, {
      ...{ actorId, which: { allBut: sessionId }, reason: 'session_ended', by: byOf(actorId, req, res) },
    });
    res.status(204).end();
  };
}
