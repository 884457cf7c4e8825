import { emptyRoot, hashBytes, nodeHash } from './merkle-hash.ts';

const equal = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;
const isSize = (n: number): boolean => Number.isSafeInteger(n) && n >= 0;
const areHashes = (hashes: readonly Uint8Array[]): boolean => hashes.every((hash) => hash.length === hashBytes);

/** Two places of a tree, climbed at once. Halving by division, as sizes outgrow the 32 bits of `>>`. */
class Climb {
  place: number;
  last: number;

  constructor(place: number, last: number) {
    this.place = place;
    this.last = last;
  }

  get isRight(): boolean {
    return this.place % 2 === 1;
  }

  up(): void {
    this.place = Math.floor(this.place / 2);
    this.last = Math.floor(this.last / 2);
  }
}

/** Whether the leaf stands at this index in the tree of this size and root; algorithm of RFC 9162 §2.1.3.2. Never throws. */
export function verifyInclusion(o: {
  leafHash: Uint8Array;
  index: number;
  treeSize: number;
  proof: readonly Uint8Array[];
  root: Uint8Array;
}): boolean {
  if (!isSize(o.index) || !isSize(o.treeSize) || o.index >= o.treeSize) return false;
  if (!areHashes([o.leafHash, ...o.proof])) return false;
  const climb = new Climb(o.index, o.treeSize - 1);
  let hash = o.leafHash;
  for (const sibling of o.proof) {
    if (climb.last === 0) return false;
    if (climb.isRight || climb.place === climb.last) {
      hash = nodeHash(sibling, hash);
      while (!climb.isRight && climb.place !== 0) climb.up();
    } else {
      hash = nodeHash(hash, sibling);
    }
    climb.up();
  }
  return climb.last === 0 && equal(hash, o.root);
}

/** A tree as checkpoints tell of it. */
export interface TreeHead {
  size: number;
  root: Uint8Array;
}

/** Whether the second tree begins with all leaves of the first; algorithm of RFC 9162 §2.1.4.2. Never throws. */
export function verifyConsistency(from: TreeHead, to: TreeHead, proof: readonly Uint8Array[]): boolean {
  if (!isSize(from.size) || !isSize(to.size) || from.size > to.size || !areHashes(proof)) return false;
  if (from.size === to.size) return proof.length === 0 && equal(from.root, to.root);
  if (from.size === 0) return proof.length === 0 && equal(from.root, emptyRoot);
  const climb = new Climb(from.size - 1, to.size - 1);
  while (climb.isRight) climb.up();
  // An old tree that is a full subtree is its own beginning of the way.
  const [first, ...rest] = climb.place === 0 ? [from.root, ...proof] : proof;
  if (first === undefined) return false;
  let [old, present] = [first, first];
  for (const hash of rest) {
    if (climb.last === 0) return false;
    if (climb.isRight || climb.place === climb.last) {
      old = nodeHash(hash, old);
      present = nodeHash(hash, present);
      while (!climb.isRight && climb.place !== 0) climb.up();
    } else {
      present = nodeHash(present, hash);
    }
    climb.up();
  }
  return climb.last === 0 && equal(old, from.root) && equal(present, to.root);
}
