import type { Database } from '@artdag/database/registry';
import { DatabaseError } from 'pg';
import { assetColumns, toAssetView, type AssetRow } from './asset-row.ts';
import type { AssetView } from './asset-text.ts';
import type { IdempotentRequest } from './idempotency.ts';
import { registerStatement } from './register.statement.ts';
import type { Registration } from './registration.ts';

export type InsertOutcome = 'stored' | 'content-owned' | 'name-taken' | 'key-used';

export interface AssetRepository {
  /** Stores all of a registration in one transaction, or nothing of it. */
  insertWithClaim(registration: Registration, idempotent?: IdempotentRequest): Promise<InsertOutcome>;
  /** Whoever knows its name may see an asset, also an unlisted one. */
  findByName(name: string): Promise<AssetView | null>;
}

const uniqueViolation = '23505';
const outcomes = new Map<string | undefined, InsertOutcome>([
  ['assets_name_key', 'name-taken'],
  ['idempotency_keys_pkey', 'key-used'],
]);

const findByName = {
  name: 'find_asset_by_name',
  text: `SELECT ${assetColumns} FROM assets WHERE name = $1 AND deleted_at IS NULL`,
};

export function createAssetRepository(database: Database): AssetRepository {
  return {
    async insertWithClaim(registration, idempotent) {
      try {
        const { rowCount } = await database.pool.query(registerStatement(registration, idempotent));
        return rowCount === 1 ? 'stored' : 'content-owned';
      } catch (error) {
        const known =
          error instanceof DatabaseError && error.code === uniqueViolation && outcomes.get(error.constraint);
        if (known) return known;
        throw error;
      }
    },
    async findByName(name) {
      const statement = { ...findByName, values: [name] };
      const listed = (await database.pool.query<AssetRow>(statement)).rows[0];
      if (listed) return toAssetView(listed);
      // Row-level security keeps unlisted assets out of lists; their own address works for everybody, as their claim's does.
      const unlisted = (await database.pgStatement<AssetRow>(statement, { system: true })).rows[0];
      return unlisted ? toAssetView(unlisted) : null;
    },
  };
}
