import type { Database } from '@artdag/database/registry';

/** An asset as an operator is shown it before it is erased. */
export interface ErasableAsset {
  id: string;
  /** Null once it is erased. */
  name: string | null;
  ownerActorId: string;
  ownerUsername: string;
  contentHash: string;
  /** How many claims there are on it. */
  claims: number;
  deletedAt: Date | null;
  erasedAt: Date | null;
}

/** Which asset: in one of these ways. */
export interface Wanted {
  assetId?: string | undefined;
  name?: string | undefined;
  /** UUID of one of its claims. */
  activity?: string | undefined;
  contentHash?: string | undefined;
}

/** Of an account, in the order in which they are erased. */
export interface NextAsset {
  id: string;
  name: string;
  createdAt: Date;
}

export interface ErasableRepository {
  /** Erased ones too; all of a content, none or one otherwise. */
  find(wanted: Wanted): Promise<ErasableAsset[]>;
  /** An account's assets that are not erased, after one. */
  next(owner: { actorId: string; username: string }, after: { createdAt: string; id: string }): Promise<NextAsset[]>;
  /** The Delete of an asset, as it was signed. */
  findDelete(assetId: string): Promise<string | null>;
}

const columns = `
SELECT id, name, owner_actor_id AS "ownerActorId", owner_username AS "ownerUsername", content_hash AS "contentHash",
  1 + (SELECT count(*)::int FROM activities later WHERE later.asset_id = assets.id) AS claims,
  deleted_at AS "deletedAt", erased_at AS "erasedAt"
FROM assets`;

/* A Create is found by its content, as assets have no index on their `activity_id`. */
const ofActivity = `
WHERE id IN (
  SELECT asset_id FROM activities WHERE activity_id = $1::uuid
  UNION ALL SELECT made.id FROM activities claim JOIN assets made USING (content_hash, activity_id) WHERE claim.activity_id = $1::uuid)`;

const next = `
SELECT id, name, created_at AS "createdAt" FROM assets
WHERE owner_username = $1 AND owner_actor_id = $2 AND erased_at IS NULL AND (created_at, id) > ($3::timestamptz, $4)
ORDER BY created_at, id LIMIT $5`;

const deletion = `
SELECT document FROM activities WHERE asset_id = $1 AND activity_type = 'Delete' ORDER BY asset_version DESC LIMIT 1`;

/** So many to a transaction. */
export const assetsAtOnce = 200;

/** Sees all assets, whatever row-level security shows to whom. */
export function createErasableRepository(database: Database): ErasableRepository {
  const query = async <R extends Record<string, unknown>>(text: string, values: unknown[]): Promise<R[]> =>
    (await database.pgStatement<R>({ text, values }, { system: true })).rows;
  const find = async (where: string, value: string): Promise<ErasableAsset[]> =>
    (await query(`${columns} ${where} ORDER BY created_at, id`, [value])) as unknown as ErasableAsset[];
  return {
    async find({ assetId, name, activity, contentHash }) {
      if (assetId !== undefined) return await find('WHERE id = $1', assetId);
      if (name !== undefined) return await find('WHERE name = $1', name);
      if (activity !== undefined) return await find(ofActivity, activity);
      return contentHash === undefined ? [] : await find('WHERE content_hash = $1', contentHash);
    },
    async next({ actorId, username }, { createdAt, id }) {
      const rows = await query(next, [username, actorId, createdAt, id, assetsAtOnce]);
      return rows as unknown as NextAsset[];
    },
    async findDelete(assetId) {
      return (await query<{ document: string }>(deletion, [assetId]))[0]?.document ?? null;
    },
  };
}
