import type { RequestHandler } from 'express';
import { authenticateSession, type AuthenticateDeps } from './authenticate.ts';
import type { ListedSession } from './stored-session.ts';

export interface ListSessionsDeps extends AuthenticateDeps {
  sessions: AuthenticateDeps['sessions'] & { listLive(actorId: string, now: Date): Promise<ListedSession[]> };
}

/** `GET /auth/sessions` → `{sessions: […]}`: the caller's live ones, latest use first. */
export function listSessionsRoute(deps: ListSessionsDeps): RequestHandler {
  return async (req, res) => {
    const { actorId, sessionId } = await authenticateSession(deps, req);
    const sessions = await deps.sessions.listLive(actorId, deps.now());
    res.set('cache-control', 'no-store').json({
      sessions: sessions.map((session) => ({
        id: session.id,
        created_at: session.createdAt.toISOString(),
        last_activity_at: session.lastActivityAt.toISOString(),
        expires_at: session.expiresAt.toISOString(),
        ip: session.ip,
        user_agent: session.userAgent,
        method: session.method,
        current: session.id === sessionId,
      })),
    });
  };
}
