import type { Database } from '@artdag/database/registry';
import { assetColumns, toAssetView, type AssetRow } from '../asset-row.ts';
import type { RecordedRunFinder } from './record-run.ts';

interface Row extends AssetRow {
  owner_actor_id: string;
  deleted_at: Date | null;
  claim: string;
}

const find = {
  name: 'find_recorded_run',
  text: `
SELECT ${assetColumns}, owner_actor_id, deleted_at, (SELECT document FROM activities WHERE activities.activity_id = assets.activity_id) AS claim
FROM assets WHERE id = (SELECT asset_id FROM runs WHERE l1_server = $1 AND run_id = $2 AND output_name = $3)`,
};

export function createRecordedRunRepository(database: Database): RecordedRunFinder {
  return {
    async find({ l1Server, runId, outputName }) {
      // Its owner sees it, listed or not; nobody else is told more than that the name is taken.
      const statement = { ...find, values: [l1Server, runId, outputName] };
      const row = (await database.pgStatement<Row & Record<string, unknown>>(statement, { system: true })).rows[0];
      if (row === undefined) return null;
      return {
        ownerActorId: row.owner_actor_id,
        isDeleted: row.deleted_at !== null,
        view: toAssetView(row),
        claim: row.claim,
      };
    },
  };
}
