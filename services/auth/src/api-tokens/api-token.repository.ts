import type { Database } from '@artdag/database/auth';
import type { ListedApiToken } from './api-token.ts';

/** One that is good, of an actor that is active. */
export interface LiveApiToken {
  actorId: string;
  orgId: string | null;
  scopes: string[];
  expiresAt: Date;
}

export interface ApiTokenRepository {
  findLive(id: string, now: Date): Promise<LiveApiToken | null>;
  /** Newest first, the ended ones too; 1,000 at most. */
  list(actorId: string): Promise<ListedApiToken[]>;
}

const find = `SELECT t.actor_id AS "actorId", t.org_id AS "orgId", t.scopes, t.expires_at AS "expiresAt"
  FROM api_tokens t JOIN actors a ON a.id = t.actor_id
  WHERE t.id = $1 AND t.kind = 'api' AND t.revoked_at IS NULL AND a.status = 'active'
    AND NOT EXISTS (SELECT 1 FROM revoked_tokens r WHERE r.jti IN (t.id, t.actor_id) AND r.expires_at > $2)`;

const list = `SELECT id, label, scopes, org_id AS "orgId", created_at AS "createdAt", expires_at AS "expiresAt",
    last_used_at AS "lastUsedAt", revoked_at AS "revokedAt"
  FROM api_tokens WHERE actor_id = $1 AND kind = 'api' ORDER BY created_at DESC, id DESC LIMIT 1000`;

export function createApiTokenRepository(database: Database): ApiTokenRepository {
  return {
    async findLive(id, now) {
      const statement = { name: 'api_token_find', text: find, values: [id, now] };
      // Whose token it is, is the question: until it is answered there is no actor to act for.
      return (await database.pgStatement<LiveApiToken>(statement, { system: true })).rows[0] ?? null;
    },
    async list(actorId) {
      const statement = { name: 'api_token_list', text: list, values: [actorId] };
      return (await database.pgStatement<ListedApiToken>(statement, { actorId })).rows;
    },
  };
}
