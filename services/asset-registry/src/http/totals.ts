import type { QueryConfig, QueryResult, QueryResultRow } from 'pg';

export interface Total {
  count: number;
  estimated: boolean;
}

/** The members that say it in an answer. */
export function totalText({ count, estimated }: Total): string {
  return `"total":${count}${estimated ? ',"total_estimated":true' : ''}`;
}

export type Run = <R extends QueryResultRow>(statement: QueryConfig) => Promise<QueryResult<R>>;

export interface Totals {
  /** How many rows of the table meet the condition: exact up to 10,000, beyond it an estimate of the planner's. */
  get(table: string, condition: { sql: string; values: unknown[] }, run: Run): Promise<Total>;
}

const exactUpTo = 10_000;
const keptMs = 30_000;
const maxKept = 200;

/**
 * Counts for lists. Small totals are counted at every request. That a total is large is remembered for half a minute, as
 * counting to ten thousand costs many times the page itself.
 */
export function createTotals(now: () => Date): Totals {
  const kept = new Map<string, { total: Total; until: number }>();
  return {
    async get(table, { sql, values }, run) {
      const key = JSON.stringify([table, sql, values]);
      const known = kept.get(key);
      if (known && known.until > now().getTime()) return known.total;
      kept.delete(key);
      const text = `SELECT count(*)::int AS n FROM (SELECT FROM ${table} WHERE ${sql} LIMIT ${exactUpTo + 1}) counted`;
      const count = (await run<{ n: number }>({ text, values })).rows[0]?.n ?? 0;
      if (count <= exactUpTo) return { count, estimated: false };
      const total = { count: Math.max(count, await estimate(table, sql, values, run)), estimated: true };
      if (kept.size >= maxKept) kept.clear();
      kept.set(key, { total, until: now().getTime() + keptMs });
      return total;
    },
  };
}

async function estimate(table: string, sql: string, values: unknown[], run: Run): Promise<number> {
  const text = `EXPLAIN (FORMAT JSON) SELECT FROM ${table} WHERE ${sql}`;
  const { rows } = await run<{ 'QUERY PLAN': { Plan: { 'Plan Rows': number } }[] }>({ text, values });
  return rows[0]?.['QUERY PLAN'][0]?.Plan['Plan Rows'] ?? 0;
}
