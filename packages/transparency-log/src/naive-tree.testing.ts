import { createHash } from 'node:crypto';
import { emptyTree, appendLeaves, type Tile, type ReadTiles } from './index.ts';

type Hashes = readonly Uint8Array[];

const sha256 = (...parts: Uint8Array[]): Buffer => createHash('sha256').update(Buffer.concat(parts)).digest();
const split = (n: number): number => 2 ** (n - 1).toString(2).length / 2;

/** RFC 6962 §2.1 to the letter, over leaf hashes. */
export function naiveRoot(leaves: Hashes): Uint8Array {
  const [only] = leaves;
  if (only === undefined) return sha256();
  if (leaves.length === 1) return only;
  const k = split(leaves.length);
  return sha256(Buffer.of(1), naiveRoot(leaves.slice(0, k)), naiveRoot(leaves.slice(k)));
}

/** PATH(m, D[n]), §2.1.1. */
export function naivePath(m: number, leaves: Hashes): Uint8Array[] {
  if (leaves.length === 1) return [];
  const k = split(leaves.length);
  const [left, right] = [leaves.slice(0, k), leaves.slice(k)];
  return m < k ? [...naivePath(m, left), naiveRoot(right)] : [...naivePath(m - k, right), naiveRoot(left)];
}

/** PROOF(m, D[n]), §2.1.2. */
export function naiveConsistency(m: number, leaves: Hashes, isWhole = true): Uint8Array[] {
  if (m === leaves.length) return isWhole ? [] : [naiveRoot(leaves)];
  const k = split(leaves.length);
  const [left, right] = [leaves.slice(0, k), leaves.slice(k)];
  if (m <= k) return [...naiveConsistency(m, left, isWhole), naiveRoot(right)];
  return [...naiveConsistency(m - k, right, false), naiveRoot(left)];
}

/** Tiles as a log of these leaves stores them, appended in batches of random length. */
export function storeTiles(leaves: Hashes, batch: () => number): { read: ReadTiles; stored: Map<string, Uint8Array> } {
  const stored = new Map<string, Uint8Array>();
  const key = ({ level, index }: Pick<Tile, 'level' | 'index'>): string => `${level}/${index}`;
  let tree = emptyTree;
  while (tree.size < leaves.length) {
    const { edge, tiles } = appendLeaves(tree, leaves.slice(tree.size, tree.size + batch()));
    for (const tile of tiles) stored.set(key(tile), tile.hashes);
    tree = edge;
  }
  const read: ReadTiles = (tiles) => Promise.resolve(tiles.map((tile) => stored.get(key(tile)) ?? Buffer.alloc(0)));
  return { read, stored };
}

/** A repeatable sequence of numbers below a bound. */
export function createDice(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}
