import { LRUCache } from 'lru-cache';
import type { SessionRepository } from './session.repository.ts';

/** When sessions end. That never changes in a session's life, so it is asked once. */
export interface SessionEnds {
  of(sessionId: string): Promise<Date | null>;
}

const maxSessions = 20_000;

export function createSessionEnds(o: { sessions: SessionRepository; now: () => Date }): SessionEnds {
  const known = new LRUCache<string, Date>({ max: maxSessions });
  return {
    async of(sessionId) {
      const end = known.get(sessionId) ?? (await o.sessions.findById(sessionId, o.now()))?.expiresAt ?? null;
      if (end !== null) known.set(sessionId, end);
      return end;
    },
  };
}
