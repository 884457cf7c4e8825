import type { Database } from '@artdag/database/auth';
import type { ListedApiKey } from './api-key.ts';

/** An API key that is good, of an actor that is active. */
export interface LiveApiKey {
  id: string;
  actorId: string;
  orgId: string | null;
  scopes: string[];
  expiresAt: Date | null;
  lastUsed: Date | null;
}

export interface ApiKeyRepository {
  /** By the key's hash. One that has expired is switched off with it. */
  findLive(keyHash: string, now: Date): Promise<LiveApiKey | null>;
  /** Its use is written at most once a minute. */
  touch(id: string, now: Date): Promise<void>;
  /** Newest first, the ended ones too; 1,000 at most. */
  list(actorId: string, now: Date): Promise<ListedApiKey[]>;
}

const find = `SELECT k.id, k.actor_id AS "actorId", k.org_id AS "orgId", k.scopes, k.expires_at AS "expiresAt",
    k.last_used AS "lastUsed", k.expires_at <= $2 AS "isExpired"
  FROM api_keys k JOIN actors a ON a.id = k.actor_id
  WHERE k.key = $1 AND k.is_active AND a.status = 'active'
    AND NOT EXISTS (SELECT 1 FROM revoked_tokens r WHERE r.jti IN (k.id, k.actor_id) AND r.expires_at > $2)`;

const touch = `UPDATE api_keys SET last_used = $2::timestamptz
  WHERE id = $1 AND (last_used IS NULL OR last_used <= $2::timestamptz - interval '1 minute')`;

const expire = `UPDATE api_keys SET is_active = false WHERE id = $1`;

const list = `SELECT id, key_prefix AS "keyPrefix", description, created_at AS "createdAt", expires_at AS "expiresAt",
    last_used AS "lastUsed", is_active AND (expires_at IS NULL OR expires_at > $2) AS "isActive"
  FROM api_keys WHERE actor_id = $1 ORDER BY created_at DESC, id DESC LIMIT 1000`;

/** Whose key it is, is the question: until it is answered there is no actor to act for. */
const system = { system: true };

export function createApiKeyRepository(database: Database): ApiKeyRepository {
  return {
    async findLive(keyHash, now) {
      const statement = { name: 'api_key_find', text: find, values: [keyHash, now] };
      const row = (await database.pgStatement<LiveApiKey & { isExpired: boolean | null }>(statement, system)).rows[0];
      if (row === undefined) return null;
      const { isExpired, ...key } = row;
      if (isExpired !== true) return key;
      await database.pgStatement({ name: 'api_key_expire', text: expire, values: [key.id] }, system);
      return null;
    },
    async touch(id, now) {
      await database.pgStatement({ name: 'api_key_touch', text: touch, values: [id, now] }, system);
    },
    async list(actorId, now) {
      const statement = { name: 'api_key_list', text: list, values: [actorId, now] };
      return (await database.pgStatement<ListedApiKey>(statement, { actorId })).rows;
    },
  };
}
