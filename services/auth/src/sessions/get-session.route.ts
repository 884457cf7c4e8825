import { AppError } from '@artdag/service-kit';
import type { RequestHandler } from 'express';
import type { KnownSession } from './stored-session.ts';

export interface GetSessionDeps {
  sessions: { knownById(sessionId: string, now: Date): Promise<KnownSession | null> };
  now: () => Date;
}

/**
 * `GET /internal/sessions/{id}` → `{actor_id, started_at}` of a live session: when its owner last proved who they are, since every such proof
 * starts a new one and a refresh does not. 404 `session_not_found` for any other.
 */
export function getSessionRoute(deps: GetSessionDeps): RequestHandler<{ id: string }> {
  return async (req, res) => {
    const { id } = req.params;
    const session: KnownSession | null = /^ses_[0-9a-z]{26}$/.test(id)
      ? await deps.sessions.knownById(id, deps.now())
      : null;
    if (session?.isLive !== true) throw new AppError('session_not_found', 404, 'There is no such session.');
    const { actorId, createdAt } = session;
    res.set('cache-control', 'no-store').json({ actor_id: actorId, started_at: createdAt.toISOString() });
  };
}
