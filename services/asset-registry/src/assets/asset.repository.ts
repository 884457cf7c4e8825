import type { Database } from '@artdag/database/registry';
import { assetColumns, toAssetView, type AssetRow } from './asset-row.ts';
import type { AssetFinder } from './get-asset.ts';

const findByName = {
  name: 'find_asset_by_name',
  text: `SELECT ${assetColumns} FROM assets WHERE name = $1 AND deleted_at IS NULL`,
};

export function createAssetRepository(database: Database): AssetFinder {
  return {
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
