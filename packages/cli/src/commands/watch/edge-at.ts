import { edgeTiles, hashBytes, widthInTree, type TreeEdge } from '@artdag/transparency-log';
import type { LogServer } from './log-server.ts';
import { Alarmed } from './alarm.ts';

/**
 * The right edge of the tree of the first `size` leaves, as the server's tiles have it. Nothing is verified: what is read on from a false edge
 * does not lead to a signed root.
 *
 * @param treeSize of the newest tree: partial tiles are asked for as wide as they are in that one
 * @throws Alarmed when a tile is too short
 */
export async function edgeAt(server: Pick<LogServer, 'readTiles'>, size: number, treeSize: number): Promise<TreeEdge> {
  const wanted = edgeTiles(size);
  const read = await server.readTiles(
    wanted.map(({ level, index }) => ({ level, index, width: widthInTree(level, index, treeSize) })),
  );
  const levels = Math.max(0, ...wanted.map(({ level }) => level + 1));
  const tiles: Uint8Array[] = Array.from({ length: levels }, () => Buffer.alloc(0));
  wanted.forEach(({ level, index, width }, i) => {
    const hashes = (read[i] ?? Buffer.alloc(0)).subarray(0, width * hashBytes);
    if (hashes.length !== width * hashBytes) {
      throw new Alarmed('tiles_differ', `The server's hash tile ${level}/${index} is shorter than its log.`);
    }
    tiles[level] = hashes;
  });
  return { size, tiles };
}
