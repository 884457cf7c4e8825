import type { Database } from '@artdag/database/registry';
import type { QueryConfig, QueryResult, QueryResultRow } from 'pg';
import { createTotals } from '../http/totals.ts';
import { filterConditions, type FilterConditions } from './asset-filter.sql.ts';
import { listedAssetColumns, toAssetView, type AssetRow } from './asset-row.ts';
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

/**
 * So many rows at most does a page look at. What no index finds (row-level security keeps the planner from one on tags or text) is looked for
 * among them; the next page goes on behind them.
 */
const lookedAt = 20_000;

export function createAssetListRepository(database: Database, now: () => Date): AssetLister {
  const totals = createTotals(now);
  return {
    async list(query, viewerId) {
      const conditions = filterConditions(query.filter, viewerId);
      // Only one's own unlisted rows need the transaction that tells row-level security who asks.
      const run = <R extends QueryResultRow>(statement: QueryConfig): Promise<QueryResult<R>> =>
        viewerId === undefined
          ? database.pool.query<R>(statement)
          : database.pgStatement<R>(statement, { actorId: viewerId });
      const [page, total] = await Promise.all([
        run<AssetRow>(pageStatement(query, conditions)),
        totals.get('assets', { ...conditions, lookedAt }, run),
      ]);
      const rows = page.rows.slice(0, query.limit);
      const last = page.rows.length > query.limit ? rows.at(-1) : undefined;
      const next = last ? positionOf(query.sort, last) : await endOfLook(query, conditions, run);
      return { assets: rows.map(toAssetView), total, next };
    },
  };
}

/** One row more than asked tells whether there is a next page. */
function pageStatement(query: ListQuery, conditions: FilterConditions): QueryConfig {
  const { residual } = conditions;
  const { rows, values, bind } = rowsOf(query, conditions, residual === '' ? listedAssetColumns : '*');
  const offset = query.offset > 0 ? ` OFFSET ${bind(query.offset)}` : '';
  const limit = bind(query.limit + 1);
  if (residual === '') return { text: `${rows} LIMIT ${limit}${offset}`, values };
  const text =
    `SELECT ${listedAssetColumns} FROM (${rows} LIMIT ${lookedAt}) looked_at WHERE ${residual} ` +
    `ORDER BY ${orders[query.sort].by} LIMIT ${limit}${offset}`;
  return { text, values };
}

/** Where a page without enough rows stopped looking; null where it came to the end. */
async function endOfLook(
  query: ListQuery,
  conditions: FilterConditions,
  run: <R extends QueryResultRow>(statement: QueryConfig) => Promise<QueryResult<R>>,
): Promise<Position | null> {
  if (conditions.residual === '') return null;
  const values = conditions.values.slice(0, conditions.baseValues);
  const looked = rowsOf(query, { ...conditions, values }, 'id, name, created_at');
  const text = `${looked.rows} OFFSET ${lookedAt - 1} LIMIT 1`;
  const { rows } = await run<AssetRow>({ text, values: looked.values });
  return rows[0] ? positionOf(query.sort, rows[0]) : null;
}

/** What an index finds, in its order, from where the page begins. */
function rowsOf(query: ListQuery, { base, values: given }: FilterConditions, columns: string) {
  const order = orders[query.sort];
  const values = [...given];
  const bind: Bind = (value) => `$${values.push(value)}`;
  const after = query.after === undefined ? '' : ` AND ${order.after(bind, query.after)}`;
  return { rows: `SELECT ${columns} FROM assets WHERE ${base}${after} ORDER BY ${order.by}`, values, bind };
}

function positionOf(sort: Sort, row: Pick<AssetRow, 'id' | 'name' | 'created_at'>): Position {
  return { sort, value: sort === 'name' ? row.name : row.created_at.toISOString(), id: row.id };
}
