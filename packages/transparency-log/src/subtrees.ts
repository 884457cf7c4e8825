import { nodeHash, subtreeRoot, hashBytes } from './merkle-hash.ts';
import { tileWidth, widthInTree, type Tile } from './tile.ts';

/** Leaves `start` up to, and without, `end`. */
export interface LeafRange {
  start: number;
  end: number;
}

/**
 * Bytes of hash tiles, in the order in which they were asked for. Each may be wider than asked: a partial tile is the beginning of the full
 * one. Nothing is taken on trust: what is made from false tiles does not verify against a signed root.
 */
export type ReadTiles = (tiles: readonly Tile[]) => Promise<readonly Uint8Array[]>;

/** Largest power of two below n (n ≥ 2): where RFC 6962 §2.1 splits n leaves. */
export function splitPoint(n: number): number {
  let k = 1;
  while (2 * k < n) k *= 2;
  return k;
}

/** Where in the tiles the hashes are that a full subtree stands on. */
interface Stretch {
  tile: Tile & { level: number };
  first: number;
  count: number;
}

/**
 * Merkle tree hashes of ranges that occur in proofs, in a tree of `treeSize` leaves.
 *
 * @param readTiles is called once, with every tile that is needed
 */
export async function rangeHashes(
  ranges: readonly LeafRange[],
  treeSize: number,
  readTiles: ReadTiles,
): Promise<Buffer[]> {
  const stretches = ranges.map((range) => fullSubtrees(range).map((subtree) => stretchOf(subtree, treeSize)));
  const tiles = new Map(stretches.flat().map(({ tile }) => [keyOf(tile), tile]));
  const bytes = tiles.size === 0 ? [] : await readTiles([...tiles.values()]);
  const read = new Map([...tiles.keys()].map((key, i) => [key, bytes[i]]));
  const hashOf = ({ tile, first, count }: Stretch): Buffer => {
    const hashes = read.get(keyOf(tile))?.subarray(first * hashBytes, (first + count) * hashBytes);
    if (hashes?.length !== count * hashBytes)
      throw new RangeError(`Tile ${keyOf(tile)} is shorter than ${tile.width} hashes.`);
    return subtreeRoot(hashes);
  };
  return stretches.map((range) => range.map(hashOf).reduceRight((right, left) => nodeHash(left, right)));
}

const keyOf = (tile: Tile): string => `${tile.level}/${tile.index}`;

/** From left to right, each half as wide as the one before or less. */
function fullSubtrees({ start, end }: LeafRange): LeafRange[] {
  const subtrees: LeafRange[] = [];
  for (let at = start; at < end;) {
    const next = at + splitPoint(end - at + 1);
    subtrees.push({ start: at, end: next });
    at = next;
  }
  return subtrees;
}

function stretchOf({ start, end }: LeafRange, treeSize: number): Stretch {
  let level = 0;
  while (tileWidth ** (level + 1) <= end - start) level += 1;
  const at = start / tileWidth ** level;
  const index = Math.floor(at / tileWidth);
  const width = widthInTree(level, index, treeSize);
  return { tile: { level, index, width }, first: at % tileWidth, count: (end - start) / tileWidth ** level };
}
