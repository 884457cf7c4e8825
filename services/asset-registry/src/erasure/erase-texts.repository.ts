import type { Execute } from '@artdag/messaging';

/** An asset of which nothing is left that a person wrote. */
export interface ErasedAsset {
  id: string;
  contentHash: string;
  ownerUsername: string;
  orgId: string | null;
  version: number;
}

/** In one order everywhere. Whoever changes an asset waits here, and finds it deleted. */
const LOCK = 'SELECT id FROM assets WHERE id = ANY($1::text[]) AND erased_at IS NULL ORDER BY id FOR UPDATE';

/* A Delete says nothing but that (delete-activity.ts), so it stays as it was signed. */
const CLAIMS = `
SELECT activity_id FROM assets WHERE id = ANY($1::text[])
UNION ALL SELECT activity_id FROM activities WHERE asset_id = ANY($1::text[]) AND activity_type <> 'Delete'`;

/* What others made from it stays theirs: they name its content, which stays in the log. */
const FORGET_RUNS = `
WITH inputs AS (DELETE FROM run_inputs WHERE asset_id = ANY($1::text[]))
DELETE FROM runs WHERE asset_id = ANY($1::text[])`;

/* Its type says what its content was, as its tombstone does; whose it is, when, and of which content, its leaves say for ever. */
const ERASE = `
UPDATE assets SET name = NULL, tags = '{}', url = NULL, ipfs_cid = NULL, description = NULL, metadata = '{}', origin = '{"type": "self"}',
  provenance = NULL, version = version + 1, updated_at = $2, deleted_at = coalesce(deleted_at, $2), erased_at = $2
WHERE id = ANY($1::text[])
RETURNING id, content_hash AS "contentHash", owner_username AS "ownerUsername", org_id AS "orgId", version`;

/**
 * Erases what people wrote about assets, in the caller's transaction, which acts for the system: their columns, the signed documents with their
 * proofs, the salts. Their names must be closed already. Those that are erased are left out.
 *
 * @returns the assets, and what stands in the place of their claims from now on: JSON of a Tombstone each
 */
export async function eraseTexts(
  execute: Execute,
  assetIds: readonly string[],
  at: Date,
): Promise<{ assets: ErasedAsset[]; tombstones: string[] }> {
  const held = (await execute(LOCK, [assetIds])).rows.map(({ id }) => String(id));
  if (held.length === 0) return { assets: [], tombstones: [] };
  await execute(FORGET_RUNS, [held]);
  const claims = (await execute(CLAIMS, [held])).rows.map(({ activity_id: id }) => String(id));
  const erased = await execute('SELECT tombstone FROM erase_activities($1, $2)', [claims, at]);
  const assets = await execute(ERASE, [held, at]);
  return {
    assets: assets.rows as unknown as ErasedAsset[],
    tombstones: erased.rows.map(({ tombstone }) => String(tombstone)),
  };
}
