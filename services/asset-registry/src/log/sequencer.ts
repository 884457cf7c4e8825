import {
  appendLeaves,
  consistencyProof,
  edgeRoot,
  edgeTiles,
  hashBytes,
  verifyConsistency,
  type ReadTiles,
  type TreeEdge,
  type TreeHead,
} from '@artdag/transparency-log';
import type { LogRepository, LogTables } from './log.repository.ts';

/** A transaction of some 100 ms. */
const maxBatch = 5_000;
/** Leaves that have an index already cost less. */
const maxTiled = 4 * maxBatch;

/**
 * Takes leaves that wait into the log and its tree, in one transaction: each gets its `log_index` and each activity's the next `seq`; then
 * come the tiles and the root, which is not signed yet. What was begun and not committed leaves no trace; what is committed is not done again.
 *
 * Leaves that have an index but no place in the tiles come first: those of a log from before there were tiles, a batch at a time.
 *
 * @returns whether there is more to do
 * @throws Error when the tree would not continue the last signed one. Then nothing is committed.
 */
export async function sequence(log: LogRepository): Promise<boolean> {
  return await log.exclusively(async (tables) => {
    const { taken, treeSize, tiledSize } = await tables.movePending(maxBatch);
    if (treeSize === tiledSize) return taken === maxBatch;
    const { edge, tiles } = appendLeaves(
      await readEdge(tables, tiledSize),
      await tables.leafHashes(tiledSize, maxTiled),
    );
    const head = { size: edge.size, root: edgeRoot(edge) };
    await tables.storeTiles(tiles);
    await assertContinues(await tables.lastSigned(), head, tables.readTiles);
    await tables.storeUnsigned(head);
    return taken === maxBatch || edge.size < treeSize;
  });
}

async function readEdge(tables: LogTables, size: number): Promise<TreeEdge> {
  const places = edgeTiles(size);
  const read = await tables.readTiles(places);
  const tiles: Uint8Array[] = [];
  for (const [i, { level, index, width }] of places.entries()) {
    const hashes = read[i] ?? Buffer.alloc(0);
    if (hashes.length !== width * hashBytes) {
      throw new Error(`tile ${level}/${index} of the log has ${hashes.length / hashBytes} hashes, not ${width}`);
    }
    tiles[level] = hashes;
  }
  return { size, tiles: Array.from(tiles, (hashes) => hashes ?? Buffer.alloc(0)) };
}

/**
 * A log signs nothing that is not consistent with what it has signed before (C2SP tlog-checkpoint), whatever became of its tables.
 *
 * @throws Error when the tree of `head` does not begin with that of `last`
 */
export async function assertContinues(last: TreeHead | undefined, head: TreeHead, readTiles: ReadTiles): Promise<void> {
  if (last === undefined) return;
  const proves =
    last.size <= head.size && verifyConsistency(last, head, await consistencyProof(last.size, head.size, readTiles));
  if (!proves) {
    throw new Error(
      `the log's tree of ${head.size} leaves is not consistent with the signed checkpoint of ${last.size}`,
    );
  }
}
