import type { Database } from '@artdag/database/registry';
import { encodeEntryBundle, inclusionProof } from '@artdag/transparency-log';
import type { LogReader } from './log-reader.ts';
import { createTileReader } from './tile.repository.ts';

const signedSize = '(SELECT coalesce(max(size), 0) FROM log_checkpoints) AS signed_size';

const entries = {
  name: 'log_entry_bundle',
  text: `
SELECT ${signedSize}, ARRAY (
  SELECT leaf FROM log_entries WHERE log_index >= $1 AND log_index < $1 + $2 ORDER BY log_index) AS leaves`,
};

const tile = {
  name: 'log_hash_tile',
  text: `
SELECT ${signedSize}, (SELECT hashes FROM log_tiles WHERE level = $1 AND tile_index = $2) AS hashes`,
};

const entryOfHash = {
  name: 'log_entry_of_hash',
  text: 'SELECT log_index, leaf FROM log_entries WHERE leaf_hash = $1',
};

interface TileRow {
  signed_size: string;
  hashes: Buffer | null;
}

export function createLogReader({ pool }: Database): LogReader {
  const readTiles = createTileReader(pool);
  return {
    async readEntries(from, count) {
      type Row = { signed_size: string; leaves: string[] };
      const { rows } = await pool.query<Row>({ ...entries, values: [from, count] });
      return { signedSize: Number(rows[0]?.signed_size), bundle: encodeEntryBundle(rows[0]?.leaves ?? []) };
    },
    async readHashes(level, index) {
      const { rows } = await pool.query<TileRow>({ ...tile, values: [level, index] });
      return { signedSize: Number(rows[0]?.signed_size), hashes: rows[0]?.hashes ?? Buffer.alloc(0) };
    },
    async findEntry(leafHash) {
      const { rows } = await pool.query<{ log_index: string; leaf: string }>({ ...entryOfHash, values: [leafHash] });
      return rows[0] && { index: Number(rows[0].log_index), leaf: rows[0].leaf };
    },
    inclusionProof: (index, treeSize) => inclusionProof(index, treeSize, readTiles),
  };
}
