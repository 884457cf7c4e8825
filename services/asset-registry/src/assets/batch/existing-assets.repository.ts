import type { Database } from '@artdag/database/registry';
import { assetColumns, toAssetView, type AssetRow } from '../asset-row.ts';
import type { ExistingAsset, ExistingAssets } from './register-lines.ts';

interface Row extends AssetRow {
  owner_actor_id: string;
  deleted_at: Date | null;
}

const findExisting = {
  name: 'find_existing_assets',
  text: `SELECT ${assetColumns}, owner_actor_id, deleted_at FROM assets WHERE name = ANY ($1::text[])`,
};

const findForeign = {
  name: 'find_foreign_contents',
  text: 'SELECT content_hash FROM content_owners WHERE content_hash = ANY ($1::text[]) AND owner_actor_id <> $2',
};

export function createExistingAssets(database: Database): ExistingAssets {
  return {
    async find(names) {
      // Whether a name is taken is no secret, whoever has it.
      const { rows } = await database.pgStatement<Row>({ ...findExisting, values: [names] }, { system: true });
      return new Map(rows.map((row) => [row.name, existing(row)]));
    },
    async findForeign(contentHashes, actorId) {
      const values = [contentHashes, actorId];
      const { rows } = await database.pool.query<{ content_hash: string }>({ ...findForeign, values });
      return new Set(rows.map((row) => row.content_hash));
    },
  };
}

function existing(row: Row): ExistingAsset {
  return { ownerActorId: row.owner_actor_id, deleted: row.deleted_at !== null, view: toAssetView(row) };
}
