import type { Database } from '@artdag/database/registry';
import type { FirstClaimFinder } from './get-object.ts';

const firstClaim = {
  name: 'find_first_claim',
  text: `
SELECT document FROM activities WHERE content_hash = $1 AND activity_type = 'Create'
ORDER BY published, activity_id LIMIT 1`,
};

export function createObjectRepository(database: Database): FirstClaimFinder {
  return {
    async findFirstClaim(contentHash) {
      const { rows } = await database.pool.query<{ document: string }>({ ...firstClaim, values: [contentHash] });
      return rows[0]?.document ?? null;
    },
  };
}
