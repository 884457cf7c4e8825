import type { Database } from '@artdag/database/auth';

/** Whose a refresh token is; which never changes. */
export interface RefreshTokenOwner {
  actorId: string;
  sessionId: string;
  familyId: string;
}

export interface RefreshRepository {
  findOwner(tokenHash: string): Promise<RefreshTokenOwner | null>;
}

const find = `SELECT actor_id AS "actorId", session_id AS "sessionId", family_id AS "familyId"
  FROM refresh_tokens WHERE token_hash = $1`;

/** Whose token it is, is the question: until it is answered there is no actor to act for. */
const system = { system: true };

export function createRefreshRepository(database: Database): RefreshRepository {
  return {
    async findOwner(tokenHash) {
      const statement = { name: 'refresh_owner', text: find, values: [tokenHash] };
      return (await database.pgStatement<RefreshTokenOwner>(statement, system)).rows[0] ?? null;
    },
  };
}
