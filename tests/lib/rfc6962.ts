import { createHash } from 'node:crypto';

/*
 * Trees and consistency proofs, written from the text of RFC 6962 §2.1 for tests to judge by: none of the log's own code is in it.
 */

const sha256 = (...parts: Uint8Array[]): Buffer => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};

export const hashOfLeaf = (entry: Uint8Array): Buffer => sha256(Buffer.of(0), entry);
const hashOfNode = (left: Uint8Array, right: Uint8Array): Buffer => sha256(Buffer.of(1), left, right);

/** The largest power of two smaller than n. */
const splitOf = (n: number): number => 2 ** (32 - Math.clz32(n - 1) - 1);

/** The tree over some leaf hashes. */
export interface Tree {
  /** MTH(D[0:size]). */
  rootOf(size: number): Buffer;
  /** PROOF(from, D[0:to]), for 0 < from ≤ to. */
  consistencyProof(from: number, to: number): Buffer[];
}

export function createTree(leaves: readonly Buffer[]): Tree {
  // Of whole subtrees, which many roots share.
  const known = new Map<string, Buffer>();
  const compute = (start: number, end: number): Buffer => {
    const k = splitOf(end - start);
    return hashOfNode(treeHash(start, start + k), treeHash(start + k, end));
  };
  const treeHash = (start: number, end: number): Buffer => {
    const size = end - start;
    if (size === 0) return sha256();
    if (size === 1) return leaves[start] ?? sha256();
    if ((size & (size - 1)) !== 0) return compute(start, end);
    const key = `${start} ${end}`;
    const found = known.get(key) ?? compute(start, end);
    known.set(key, found);
    return found;
  };
  const subProof = (m: number, start: number, end: number, isWhole: boolean): Buffer[] => {
    if (m === end - start) return isWhole ? [] : [treeHash(start, end)];
    const k = splitOf(end - start);
    return m <= k
      ? [...subProof(m, start, start + k, isWhole), treeHash(start + k, end)]
      : [...subProof(m - k, start + k, end, false), treeHash(start, start + k)];
  };
  return {
    rootOf: (size) => treeHash(0, size),
    consistencyProof: (from, to) => subProof(from, 0, to, true),
  };
}

/** A size and the root that was signed for it. */
export interface Head {
  size: number;
  root: Buffer;
}

/** Whether the proof leads from both sides: from the old root to itself, and to the new one. For 0 < from.size ≤ to.size. */
export function isConsistent(from: Head, to: Head, proof: readonly Buffer[]): boolean {
  const rest = [...proof];
  /** Old and new hash of the subtree, whose first m of n leaves the old tree had; undefined when the proof is too short. */
  const run = (m: number, n: number, isWhole: boolean): [Buffer, Buffer] | undefined => {
    if (m === n) {
      const hash = isWhole ? from.root : rest.shift();
      return hash && [hash, hash];
    }
    const k = splitOf(n);
    const below = m <= k ? run(m, k, isWhole) : run(m - k, n - k, false);
    const beside = rest.shift();
    if (below === undefined || beside === undefined) return undefined;
    const [old, present] = below;
    return m <= k ? [old, hashOfNode(present, beside)] : [hashOfNode(beside, old), hashOfNode(beside, present)];
  };
  const [old, present] = run(from.size, to.size, true) ?? [];
  return rest.length === 0 && old?.equals(from.root) === true && present?.equals(to.root) === true;
}
