import type { Database } from '@artdag/database/registry';
import type { LinkFinder, LinkedAsset } from './links.ts';

interface Row extends Record<string, unknown> {
  name: string;
  content_hash: string;
  asset_type: string;
  owner_username: string;
  at: string;
}

const shown = 'a.name, a.content_hash, a.asset_type, a.owner_username';

/* Of several assets of one content the one that speaks for it, as its object does. */
const madeFrom = `
SELECT ${shown}, input.position::text AS at
FROM run_inputs input CROSS JOIN LATERAL (
  SELECT * FROM assets other
  WHERE other.content_hash = input.content_hash AND other.deleted_at IS NULL AND other.id <> input.asset_id
  ORDER BY other.created_at, other.id LIMIT 1) a
WHERE input.asset_id = $1 AND input.position > $2::int
ORDER BY input.position LIMIT $3`;

/* The newest first: an id begins with its time. */
const usedIn = `
SELECT ${shown}, a.id AS at
FROM run_inputs input JOIN assets a ON a.id = input.asset_id
WHERE input.content_hash = $1 AND ($2 = '' OR input.asset_id < $2) AND a.deleted_at IS NULL AND a.id <> $4
ORDER BY input.asset_id DESC LIMIT $3`;

/** Row-level security shows public assets, and the viewer's own. */
export function createLinkRepository(database: Database): LinkFinder {
  const run = async (
    name: string,
    text: string,
    values: unknown[],
    viewer: string | undefined,
  ): Promise<LinkedAsset[]> => {
    const statement = { name, text, values };
    const { rows } =
      viewer === undefined
        ? await database.pool.query<Row>(statement)
        : await database.pgStatement<Row>(statement, { actorId: viewer });
    return rows.map(({ name: asset, content_hash: contentHash, asset_type: assetType, owner_username: owner, at }) => {
      return { name: asset, contentHash, assetType, owner, at };
    });
  };
  return {
    madeFrom: ({ id }, { after, count }, viewer) =>
      run('made_from', madeFrom, [id, after === '' ? '0' : after, count], viewer),
    usedIn: ({ id, contentHash }, { after, count }, viewer) =>
      run('used_in', usedIn, [contentHash, after, count, id], viewer),
  };
}
