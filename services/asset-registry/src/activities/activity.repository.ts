import type { Database } from '@artdag/database/registry';
import { createTotals } from '../http/totals.ts';
import type { ActivityFinder, FoundActivity } from './get-activity.ts';
import type { ActivityFilter, ActivityLister } from './list-activities.ts';

export type ActivityRepository = ActivityFinder & ActivityLister;

const byId = {
  name: 'find_activity_by_id',
  text: 'SELECT document, erased_at IS NOT NULL AS erased FROM activities WHERE activity_id = $1',
};
const byIndex = {
  name: 'find_activity_by_index',
  text: `
SELECT a.document, a.erased_at IS NOT NULL AS erased FROM log_entries e JOIN activities a USING (activity_id) WHERE e.seq = $1`,
};

export function createActivityRepository(database: Database, now: () => Date): ActivityRepository {
  const totals = createTotals(now);
  const findOne = async (statement: { name: string; text: string }, value: string): Promise<FoundActivity | null> => {
    const { rows } = await database.pool.query<FoundActivity>({ ...statement, values: [value] });
    return rows[0] ?? null;
  };
  return {
    findById: (activityId) => findOne(byId, activityId),
    findByIndex: (index) => findOne(byIndex, index),
    async list(filter, limit, offset) {
      const condition = filterCondition(filter);
      const values = [...condition.values, limit + 1, offset];
      const text =
        `SELECT document FROM activities WHERE ${condition.sql} ORDER BY published DESC, activity_id DESC ` +
        `LIMIT $${values.length - 1} OFFSET $${values.length}`;
      const [page, total] = await Promise.all([
        database.pool.query<{ document: string }>({ text, values }),
        totals.get(
          'activities',
          { base: condition.sql, residual: '', values: condition.values, lookedAt: 0 },
          (statement) => database.pool.query(statement),
        ),
      ]);
      const documents = page.rows.slice(0, limit).map((row) => row.document);
      return { documents, total, more: page.rows.length > limit };
    },
  };
}

function filterCondition(filter: ActivityFilter): { sql: string; values: unknown[] } {
  const values: unknown[] = [];
  const parts = ['true'];
  if (filter.apActorId !== undefined) parts.push(`ap_actor_id = $${values.push(filter.apActorId)}`);
  if (filter.type !== undefined) parts.push(`activity_type = $${values.push(filter.type)}`);
  return { sql: parts.join(' AND '), values };
}
