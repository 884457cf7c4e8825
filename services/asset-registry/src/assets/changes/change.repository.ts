import type { Database } from '@artdag/database/registry';
import { DatabaseError } from 'pg';
import { assetColumns, toAssetView, type AssetRow } from '../asset-row.ts';
import { changeStatement, lockContent, placeAmongOthers } from './change.statement.ts';
import type { ChangeStore } from './change.ts';
import type { HeldAssetFinder } from './held-asset.ts';

interface HeldRow extends AssetRow {
  owner_actor_id: string;
  org_id: string | null;
  deleted_at: Date | null;
  speaks: boolean;
  last: boolean;
}

const findHeld = {
  name: 'find_held_asset',
  text: `
SELECT ${assetColumns}, owner_actor_id, org_id, deleted_at, ${placeAmongOthers.speaks} AS speaks, ${placeAmongOthers.last} AS last
FROM assets held WHERE name = $1`,
};

const uniqueViolation = '23505';

export function createChangeRepository(database: Database): ChangeStore & HeldAssetFinder {
  return {
    async find(name) {
      // Whoever has the name may know of the asset, unlisted or not; that others may not change it is the use case's answer.
      const { rows } = await database.pgStatement<HeldRow>({ ...findHeld, values: [name] }, { system: true });
      const row = rows[0];
      if (row === undefined) return null;
      const { id, version, owner_actor_id: ownerActorId, org_id: orgId, deleted_at: deletedAt, speaks, last } = row;
      return { id, version, ownerActorId, orgId, deleted: deletedAt !== null, speaks, last, view: toAssetView(row) };
    },
    async store(item) {
      const { held, after } = item.change;
      try {
        return await database.pgTransaction(
          async (client) => {
            await client.query(lockContent(after.contentHash));
            const { rowCount } = await client.query(changeStatement(item));
            return rowCount === 1 ? 'stored' : 'overtaken';
          },
          { actorId: held.ownerActorId },
        );
      } catch (error) {
        if (!(error instanceof DatabaseError) || error.code !== uniqueViolation) throw error;
        if (error.constraint === 'idempotency_keys_pkey') return 'key-used';
        throw error;
      }
    },
  };
}
