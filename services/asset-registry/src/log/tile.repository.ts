import type { HashTile, ReadTiles } from '@artdag/transparency-log';
import type { ClientBase, Pool } from 'pg';
import { binaryArray } from '../batching/binary-array.ts';

const read = {
  name: 'read_log_tiles',
  text: `
SELECT hashes FROM unnest($1::smallint[], $2::bigint[]) WITH ORDINALITY AS wanted(level, tile_index, place)
LEFT JOIN log_tiles USING (level, tile_index) ORDER BY place`,
};

const store = {
  name: 'store_log_tiles',
  text: `
INSERT INTO log_tiles (level, tile_index, hashes) SELECT * FROM unnest($1::smallint[], $2::bigint[], $3::bytea[])
ON CONFLICT (level, tile_index) DO UPDATE SET hashes = excluded.hashes`,
};

/** Reads the log's hash tiles, as wide as they are by now; a tile that is not there has no bytes. */
export function createTileReader(client: ClientBase | Pool): ReadTiles {
  return async (tiles) => {
    const values = [tiles.map(({ level }) => level), tiles.map(({ index }) => index)];
    const { rows } = await client.query<{ hashes: Buffer | null }>({ ...read, values });
    return rows.map(({ hashes }) => hashes ?? Buffer.alloc(0));
  };
}

/** Inserts tiles, or lets those that are there grow. */
export async function storeTiles(client: ClientBase, tiles: readonly HashTile[]): Promise<void> {
  const hashes = binaryArray(
    'bytea',
    tiles.map((tile) => Buffer.from(tile.hashes)),
  );
  const values = [tiles.map(({ level }) => level), tiles.map(({ index }) => index), hashes];
  await client.query({ ...store, values });
}
