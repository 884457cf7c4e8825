import type { Database } from '@artdag/database/auth';

export interface L1TokenRepository {
  /** Actors with a live token for one L1, `limit` at most. */
  holders(l1Server: string, limit: number, now: Date): Promise<string[]>;
  /** Whose token that is and for which L1, revoked or not; null for what has expired or is none. */
  find(jti: string, now: Date): Promise<{ actorId: string; username: string; l1Server: string } | null>;
}

const holders = `SELECT DISTINCT actor_id AS "actorId" FROM api_tokens
  WHERE kind = 'l1' AND l1_server = $1 AND revoked_at IS NULL AND expires_at > $2 ORDER BY actor_id LIMIT $3`;

const find = `SELECT t.actor_id AS "actorId", a.handle AS username, t.l1_server AS "l1Server"
  FROM api_tokens t JOIN actors a ON a.id = t.actor_id WHERE t.id = $1 AND t.kind = 'l1' AND t.expires_at > $2`;

export function createL1TokenRepository(database: Database): L1TokenRepository {
  return {
    async holders(l1Server, limit, now) {
      const statement = { name: 'l1_token_holders', text: holders, values: [l1Server, now, limit] };
      // For operators, about everybody.
      const { rows } = await database.pgStatement<{ actorId: string }>(statement, { system: true });
      return rows.map(({ actorId }) => actorId);
    },
    async find(jti, now) {
      const statement = { name: 'l1_token_by_id', text: find, values: [jti, now] };
      // An L1 knows the token and not its owner, under whom alone the row is seen.
      const { rows } = await database.pgStatement<{ actorId: string; username: string; l1Server: string }>(statement, {
        system: true,
      });
      return rows[0] ?? null;
    },
  };
}
