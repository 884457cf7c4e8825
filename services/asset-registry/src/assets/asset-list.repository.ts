import type { Database } from '@artdag/database/registry';
import type { QueryConfig, QueryResult, QueryResultRow } from 'pg';
import { createTotals } from '../http/totals.ts';
import { filterCondition, type Condition } from './asset-filter.sql.ts';
import { assetColumns, toAssetView, type AssetRow } from './asset-row.ts';
import type { Position, Sort } from './cursor.ts';
import type { ListQuery } from './list-assets.query.ts';
import type { AssetLister } from './list-assets.ts';

/** Adds a value to the statement and gives its placeholder. */
type Bind = (value: unknown) => string;

interface Order {
  by: string;
  /** What comes after a row. Names are unique; rows of one moment are told apart by their id. */
  after: (bind: Bind, last: Position) => string;
}

const orders: Record<Sort, Order> = {
  '-created_at': {
    by: 'created_at DESC, id DESC',
    after: (bind, last) => `(created_at, id) < (${bind(last.value)}::timestamptz, ${bind(last.id)})`,
  },
  created_at: {
    by: 'created_at, id',
    after: (bind, last) => `(created_at, id) > (${bind(last.value)}::timestamptz, ${bind(last.id)})`,
  },
  name: { by: 'name', after: (bind, last) => `name > ${bind(last.value)}` },
};

export function createAssetListRepository(database: Database, now: () => Date): AssetLister {
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
  const bind: Bind = (value) => `$${values.push(value)}`;
  const after = query.after === undefined ? '' : ` AND ${order.after(bind, query.after)}`;
  const offset = query.offset > 0 ? ` OFFSET ${bind(query.offset)}` : '';
  const limit = bind(query.limit + 1);
  const text = `SELECT ${assetColumns} FROM assets WHERE ${condition.sql}${after} ORDER BY ${order.by} LIMIT ${limit}${offset}`;
  return { text, values };
}

function positionOf(sort: Sort, row: AssetRow): Position {
  return { sort, value: sort === 'name' ? row.name : row.created_at.toISOString(), id: row.id };
}
