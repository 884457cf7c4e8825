import type { Database } from '@artdag/database/registry';
import type { IdempotencyRepository } from './idempotency.ts';

const findAnswer = {
  name: 'find_idempotent_answer',
  text: `
WITH expired AS (DELETE FROM idempotency_keys WHERE actor_id = $1 AND key = $2 AND expires_at <= $3)
SELECT request_hash, response FROM idempotency_keys WHERE actor_id = $1 AND key = $2 AND expires_at > $3`,
};

const keepAnswer = {
  name: 'keep_idempotent_answer',
  text: `
INSERT INTO idempotency_keys (actor_id, key, request_hash, status, response, created_at, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $6::timestamptz + interval '24 hours') ON CONFLICT (actor_id, key) DO NOTHING`,
};

export function createIdempotencyRepository(database: Database, now: () => Date): IdempotencyRepository {
  return {
    async find(actorId, key) {
      const { rows } = await database.pool.query<{ request_hash: string; response: string }>({
        ...findAnswer,
        values: [actorId, key, now()],
      });
      const row = rows[0];
      return row ? { requestHash: row.request_hash, response: row.response } : null;
    },
    async keep({ actorId, key, requestHash }, status, response) {
      const values = [actorId, key, requestHash, status, response, now()];
      return (await database.pool.query({ ...keepAnswer, values })).rowCount === 1;
    },
    async prune() {
      await database.pool.query('DELETE FROM idempotency_keys WHERE expires_at <= $1', [now()]);
    },
  };
}
