import { rangeHashes, splitPoint, type LeafRange, type ReadTiles } from './subtrees.ts';

/**
 * Inclusion proof of a leaf in the tree of `treeSize` leaves, RFC 6962 §2.1.1: from the leaf's sibling up.
 *
 * @throws RangeError when the tree has no such leaf.
 */
export async function inclusionProof(index: number, treeSize: number, readTiles: ReadTiles): Promise<Buffer[]> {
  if (!(index >= 0 && index < treeSize)) throw new RangeError(`A tree of ${treeSize} leaves has no leaf ${index}.`);
  return await rangeHashes(inclusionPath(index, treeSize), treeSize, readTiles);
}

/**
 * Consistency proof between the trees of the first `from` and the first `to` leaves, RFC 6962 §2.1.2; none is needed (and none is made) from
 * size 0 or between equal sizes.
 *
 * @throws RangeError when `from` is larger than `to`.
 */
export async function consistencyProof(from: number, to: number, readTiles: ReadTiles): Promise<Buffer[]> {
  if (!(from >= 0 && from <= to)) throw new RangeError(`A tree of ${to} leaves does not hold one of ${from}.`);
  return await rangeHashes(from === 0 ? [] : consistencyPath(from, to), to, readTiles);
}

/** PATH(m, D[n]) of RFC 6962, as the ranges whose hashes it has. */
function inclusionPath(index: number, treeSize: number): LeafRange[] {
  const path: LeafRange[] = [];
  let [start, end] = [0, treeSize];
  while (end - start > 1) {
    const middle = start + splitPoint(end - start);
    if (index < middle) {
      path.push({ start: middle, end });
      end = middle;
    } else {
      path.push({ start, end: middle });
      start = middle;
    }
  }
  return path.reverse();
}

/** PROOF(m, D[n]) of RFC 6962, likewise. */
function consistencyPath(from: number, to: number): LeafRange[] {
  const path: LeafRange[] = [];
  let [start, end] = [0, to];
  while (from < end) {
    const middle = start + splitPoint(end - start);
    if (from <= middle) {
      path.push({ start: middle, end });
      end = middle;
    } else {
      path.push({ start, end: middle });
      start = middle;
    }
  }
  // Whoever verifies has the old root, and needs no other when the old tree is a subtree of its own.
  if (start > 0) path.push({ start, end });
  return path.reverse();
}
