import { emptyRoot, hashBytes, nodeHash, subtreeRoot } from './merkle-hash.ts';
import { tileWidth } from './tile.ts';

/** What one needs of a tree to append to it and to know its root: the tile at its right edge, at each level. */
export interface TreeEdge {
  size: number;
  /** Per level from 0 up the hashes of its partial tile: none when the last one is full. */
  tiles: readonly Uint8Array[];
}

/** The hashes of a tile, one after the other. */
export interface HashTile {
  level: number;
  index: number;
  hashes: Uint8Array;
}

export const emptyTree: TreeEdge = { size: 0, tiles: [] };

/**
 * Appends leaves, by their hashes of 32 bytes.
 *
 * @returns the new edge, and every tile that came to be or grew; takes time for the new leaves, not for the tree.
 */
export function appendLeaves(edge: TreeEdge, leafHashes: readonly Uint8Array[]): { edge: TreeEdge; tiles: HashTile[] } {
  const tiles: HashTile[] = [];
  const rows = [...edge.tiles];
  let incoming = leafHashes;
  for (let level = 0; incoming.length > 0; level += 1) {
    const row = Buffer.concat([rows[level] ?? Buffer.alloc(0), ...incoming]);
    const first = Math.floor(edge.size / tileWidth ** (level + 1));
    const upward: Buffer[] = [];
    for (let at = 0; at < row.length; at += tileWidth * hashBytes) {
      const hashes = row.subarray(at, at + tileWidth * hashBytes);
      tiles.push({ level, index: first + at / (tileWidth * hashBytes), hashes });
      if (hashes.length === tileWidth * hashBytes) upward.push(subtreeRoot(hashes));
    }
    rows[level] = row.subarray(upward.length * tileWidth * hashBytes);
    incoming = upward;
  }
  return { edge: { size: edge.size + leafHashes.length, tiles: rows }, tiles };
}

/** Root of the tree, RFC 6962 §2.1. */
export function edgeRoot(edge: TreeEdge): Buffer {
  let root: Buffer | undefined;
  for (const hashes of edge.tiles) {
    let rest = hashes;
    // Full subtrees, the smallest and rightmost one first: their widths are the binary digits of the row's.
    for (let width = 1; rest.length > 0; width *= 2) {
      if ((rest.length / hashBytes) % (2 * width) === 0) continue;
      const peak = subtreeRoot(rest.subarray(rest.length - width * hashBytes));
      root = root === undefined ? peak : nodeHash(peak, root);
      rest = rest.subarray(0, rest.length - width * hashBytes);
    }
  }
  return root ?? emptyRoot;
}

/** Of tree sizes: the tiles that make an edge, widest level last; those of width 0 are left out. */
export function edgeTiles(size: number): { level: number; index: number; width: number }[] {
  const tiles = [];
  for (let level = 0; tileWidth ** level <= size; level += 1) {
    const hashes = Math.floor(size / tileWidth ** level);
    const width = hashes % tileWidth;
    if (width > 0) tiles.push({ level, index: Math.floor(hashes / tileWidth), width });
  }
  return tiles;
}
