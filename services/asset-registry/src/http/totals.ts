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

export interface Counted {
  /** Found by an index. */
  base: string;
  /** Found only by looking at rows; empty when nothing of it is asked. */
  residual: string;
  values: unknown[];
  /** As many rows are looked at for it; they have a `created_at`. */
  lookedAt: number;
}

export interface Totals {
  /**
   * How many rows of the table meet the conditions: exact up to 10,000, beyond it an estimate of the planner's. With a residual condition exact
   * if there are no more rows to look at than are looked at.
   */
  get(table: string, counted: Counted, run: Run): Promise<Total>;
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
    async get(table, counted, run) {
      const { base, residual, values } = counted;
      const key = JSON.stringify([table, base, residual, values]);
      const known = kept.get(key);
      if (known && known.until > now().getTime()) return known.total;
      kept.delete(key);
      const { count, exact } = await (residual === '' ? countFound : countLookedAt)(table, counted, run);
      if (exact) return { count, estimated: false };
      const both = residual === '' ? base : `${base} AND ${residual}`;
      const total = { count: Math.max(count, await estimate(table, both, values, run)), estimated: true };
      if (kept.size >= maxKept) kept.clear();
      kept.set(key, { total, until: now().getTime() + keptMs });
      return total;
    },
  };
}

async function countFound(table: string, { base, values }: Counted, run: Run) {
  const text = `SELECT count(*)::int AS n FROM (SELECT FROM ${table} WHERE ${base} LIMIT ${exactUpTo + 1}) counted`;
  const count = (await run<{ n: number }>({ text, values })).rows[0]?.n ?? 0;
  return { count, exact: count <= exactUpTo };
}

async function countLookedAt(table: string, { base, residual, values, lookedAt }: Counted, run: Run) {
  const text =
    `SELECT count(*)::int AS looked, count(*) FILTER (WHERE ${residual})::int AS n ` +
    `FROM (SELECT * FROM ${table} WHERE ${base} ORDER BY created_at DESC LIMIT ${lookedAt + 1}) looked_at`;
  const row = (await run<{ looked: number; n: number }>({ text, values })).rows[0];
  return { count: row?.n ?? 0, exact: (row?.looked ?? 0) <= lookedAt };
}

async function estimate(table: string, sql: string, values: unknown[], run: Run): Promise<number> {
  const text = `EXPLAIN (FORMAT JSON) SELECT FROM ${table} WHERE ${sql}`;
  const { rows } = await run<{ 'QUERY PLAN': { Plan: { 'Plan Rows': number } }[] }>({ text, values });
  return rows[0]?.['QUERY PLAN'][0]?.Plan['Plan Rows'] ?? 0;
}
