import type { Database } from '@artdag/database/registry';
import type { QueryConfig, QueryResult, QueryResultRow } from 'pg';
import { createTotals, type Total } from '../http/totals.ts';
import { filterCondition, type Condition } from './asset-filter.sql.ts';
import { assetColumns, toAssetView, type AssetRow } from './asset-row.ts';
import type { AssetView } from './asset-text.ts';
import type { Position, Sort } from './cursor.ts';
import type { ListQuery } from './list-assets.query.ts';

export interface AssetPage {
  assets: AssetView[];
  total: Total;
  /** Where the next page goes on; null on the last one. */
  next: Position | null;
}

export interface AssetListRepository {
  /** One page as the viewer may see it; undefined is an anonymous one. */
  list(query: ListQuery, viewerId: string | undefined): Promise<AssetPage>;
}

const orders: Record<Sort, { by: string; after: (value: string, id: string) => string }> = {
  '-created_at': {
    by: 'created_at DESC, id DESC',
    after: (value, id) => `(created_at, id) < (${value}::timestamptz, ${id})`,
  },
  created_at: { by: 'created_at, id', after: (value, id) => `(created_at, id) > (${value}::timestamptz, ${id})` },
  name: { by: 'name', after: (value) => `name > ${value}` },
};

export function createAssetListRepository(database: Database, now: () => Date): AssetListRepository {
  const totals = createTotals(now);
  return {
    async list(query, viewerId) {
      const condition = filterCondition(query.filter, viewerId);
      // Only one's own unlisted rows need the transaction that tells row-level security who asks.
      const run = <R extends QueryResultRow>(statement: QueryConfig): Promise<QueryResult<R>> =>
        viewerId === undefined
          ? database.pool.query<R>(statement)
          : database.pgStatement<R>(statement, { actorId: viewerId });
      const [page, total] = await Promise.all([
        run<AssetRow>(pageStatement(query, condition)),
        totals.get('assets', condition, run),
      ]);
      const rows = page.rows.slice(0, query.limit);
      const last = page.rows.length > query.limit ? rows.at(-1) : undefined;
      return { assets: rows.map(toAssetView), total, next: last ? positionOf(query.sort, last) : null };
    },
  };
}

/** One row more than asked tells whether there is a next page. */
function pageStatement(query: ListQuery, condition: Condition): QueryConfig {
  const order = orders[query.sort];
  const values = [...condition.values];
  let sql = condition.sql;
  if (query.after) {
    const value = `$${values.push(query.after.value)}`;
    const id = `$${values.push(query.after.id)}`;
    sql += ` AND ${order.after(value, id)}`;
  }
  const limit = `$${values.push(query.limit + 1)}`;
  const offset = query.offset > 0 ? ` OFFSET $${values.push(query.offset)}` : '';
  return {
    text: `SELECT ${assetColumns} FROM assets WHERE ${sql} ORDER BY ${order.by} LIMIT ${limit}${offset}`,
    values,
  };
}

function positionOf(sort: Sort, row: AssetRow): Position {
  return { sort, value: sort === 'name' ? row.name : row.created_at.toISOString(), id: row.id };
}
