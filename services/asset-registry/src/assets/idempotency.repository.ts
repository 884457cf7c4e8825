import type { Database } from '@artdag/database/registry';
import type { IdempotencyRepository } from './idempotency.ts';

const findAnswer = {
  name: 'find_idempotent_answer',
  text: `
WITH expired AS (DELETE FROM idempotency_keys WHERE actor_id = $1 AND key = $2 AND expires_at <= $3)
SELECT request_hash, response FROM idempotency_keys WHERE actor_id = $1 AND key = $2 AND expires_at > $3`,
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
    async prune() {
      await database.pool.query('DELETE FROM idempotency_keys WHERE expires_at <= $1', [now()]);
    },
  };
}
