import type { Database } from '@artdag/database/auth';

/** A session that is valid, of an actor that is active. */
export interface LiveSession {
  id: string;
  actorId: string;
  orgId: string | null;
  method: string;
  expiresAt: Date;
}

export interface SessionRepository {
  findByToken(tokenHash: string, now: Date): Promise<LiveSession | null>;
  findById(sessionId: string, now: Date): Promise<LiveSession | null>;
}

const select = `SELECT s.id, s.actor_id AS "actorId", s.org_id AS "orgId", s.method, s.expires_at AS "expiresAt"
  FROM sessions s JOIN actors a ON a.id = s.actor_id
  WHERE s.is_valid AND s.expires_at > $2 AND a.status = 'active'`;

/**
 * Named statements over `pg`: every resolution of an opaque token comes here, and row-level security needs its setting in the
 * same transaction, for which Prisma needs four round trips where this needs one (measured: a sixth of the rate).
 */
export function createSessionRepository(database: Database): SessionRepository {
  const find = async (name: string, condition: string, id: string, now: Date): Promise<LiveSession | null> => {
    const statement = { name, text: `${select} AND ${condition}`, values: [id, now] };
    // Whose session it is, is the question: until it is answered there is no actor to act for.
    const { rows } = await database.pgStatement<LiveSession>(statement, { system: true });
    return rows[0] ?? null;
  };
  return {
    findByToken: (tokenHash, now) => find('session_by_token', 's.token = $1', tokenHash, now),
    findById: (sessionId, now) => find('session_by_id', 's.id = $1', sessionId, now),
  };
}
