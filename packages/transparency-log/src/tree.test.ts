import { readFileSync } from 'node:fs';
import { leafHash } from '@artdag/claims';
import { describe, expect, it } from '@jest/globals';
import { appendLeaves, consistencyProof, edgeRoot, edgeTiles, emptyRoot, emptyTree } from './index.ts';
import { hashBytes, inclusionProof, verifyConsistency, verifyInclusion, widthInTree } from './index.ts';
import { createDice, naiveConsistency, naivePath, naiveRoot, storeTiles } from './naive-tree.testing.ts';

const rootOf = (leaves: readonly Uint8Array[]): Buffer => edgeRoot(appendLeaves(emptyTree, leaves).edge);
const leavesOf = (count: number): Buffer[] => Array.from({ length: count }, (_, i) => leafHash(`leaf ${i}`));
const base64 = (hash: Uint8Array): string => Buffer.from(hash).toString('base64');

/** Of the reference implementation of Certificate Transparency: its eight leaves and the roots of their trees. */
const ctLeaves = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'];
const ctRoots = [
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];

/** Made by golang.org/x/mod/sumdb/tlog, over leaves "leaf 0", "leaf 1" and so on. */
const sumdb = JSON.parse(readFileSync(new URL('../fixtures/sumdb.json', import.meta.url), 'utf8')) as {
  roots: Record<string, string>;
  inclusion: { index: number; size: number; proof: string[] };
  consistency: { from: number; to: number; proof: string[] };
};

describe('the tree', () => {
  it('has the roots of the Certificate Transparency vectors, and of nothing that of RFC 6962', () => {
    const leaves = ctLeaves.map((hex) => leafHash(Buffer.from(hex, 'hex')));
    expect(ctLeaves.map((_, i) => rootOf(leaves.slice(0, i + 1)).toString('hex'))).toEqual(ctRoots);
    expect(rootOf([])).toEqual(emptyRoot);
    expect(emptyRoot.toString('hex')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  });

  it('has the roots and the proofs that Go’s tlog makes, across levels of tiles', async () => {
    const leaves = leavesOf(70_000);
    for (const [size, root] of Object.entries(sumdb.roots)) {
      expect(base64(rootOf(leaves.slice(0, Number(size))))).toBe(root);
    }
    const { read } = storeTiles(leaves, () => 999);
    const { inclusion, consistency } = sumdb;
    expect((await inclusionProof(inclusion.index, inclusion.size, read)).map(base64)).toEqual(inclusion.proof);
    expect((await consistencyProof(consistency.from, consistency.to, read)).map(base64)).toEqual(consistency.proof);
  });

  it('is the same however its leaves came, and its edge can be taken from its tiles', () => {
    const dice = createDice(1);
    const leaves = leavesOf(66_000);
    const { stored } = storeTiles(leaves, () => 1 + dice(2_000));
    expect(stored).toEqual(storeTiles(leaves, () => 66_000).stored);
    const tiles: Uint8Array[] = [];
    for (const { level, index, width } of edgeTiles(66_000)) {
      tiles[level] = (stored.get(`${level}/${index}`) ?? Buffer.alloc(0)).subarray(0, width * hashBytes);
    }
    expect(edgeRoot({ size: 66_000, tiles })).toEqual(rootOf(leaves));
  });

  it('has tiles of the widths that C2SP’s example has', () => {
    expect(widthInTree(0, 272, 70_000)).toBe(256);
    expect(edgeTiles(70_000)).toEqual([
      { level: 0, index: 273, width: 112 },
      { level: 1, index: 1, width: 17 },
      { level: 2, index: 0, width: 1 },
    ]);
    expect(edgeTiles(256)).toEqual([{ level: 1, index: 0, width: 1 }]);
    expect(edgeTiles(0)).toEqual([]);
    expect(widthInTree('entries', 273, 70_000)).toBe(112);
    expect(widthInTree(2, 1, 70_000)).toBe(0);
  });
});

describe('proofs', () => {
  const leaves = leavesOf(600);
  const { read } = storeTiles(leaves, () => 7);
  const roots = Array.from({ length: 601 }, (_, size) => naiveRoot(leaves.slice(0, size)));
  const rootAt = (size: number): Uint8Array => roots[size] ?? emptyRoot;

  it('of inclusion are those of RFC 6962 and verify, for every leaf of many sizes', async () => {
    const dice = createDice(2);
    const sizes = [1, 2, 3, 4, 5, 7, 8, 9, 255, 256, 257, 511, 512, 513, 600];
    for (const treeSize of sizes) {
      const indexes = treeSize < 10 ? Array.from({ length: treeSize }, (_, i) => i) : [0, treeSize - 1, dice(treeSize)];
      for (const index of indexes) {
        const proof = await inclusionProof(index, treeSize, read);
        expect(proof).toEqual(naivePath(index, leaves.slice(0, treeSize)));
        const claim = { leafHash: leaves[index] ?? emptyRoot, index, treeSize, proof, root: rootAt(treeSize) };
        expect(verifyInclusion(claim)).toBe(true);
      }
    }
  });

  it('of consistency are those of RFC 6962 and verify, between any sizes', async () => {
    const dice = createDice(3);
    const pairs = Array.from({ length: 400 }, () => [dice(601), dice(601)].toSorted((a, b) => a - b));
    for (const [from = 0, to = 0] of [...pairs, [0, 0], [0, 5], [256, 257], [256, 512], [255, 256], [1, 2]]) {
      const proof = await consistencyProof(from, to, read);
      if (from > 0) expect(proof).toEqual(naiveConsistency(from, leaves.slice(0, to)));
      else expect(proof).toEqual([]);
      expect(verifyConsistency({ size: from, root: rootAt(from) }, { size: to, root: rootAt(to) }, proof)).toBe(true);
    }
  });

  it('verify no more with any part changed, dropped or added', async () => {
    const dice = createDice(4);
    const flip = (hash: Uint8Array): Buffer => {
      const flipped = Buffer.from(hash);
      const at = dice(hashBytes);
      flipped[at] = (flipped[at] ?? 0) ^ (1 << dice(8));
      return flipped;
    };
    for (let round = 0; round < 200; round += 1) {
      const treeSize = 2 + dice(599);
      const index = dice(treeSize);
      const proof = await inclusionProof(index, treeSize, read);
      const claim = { leafHash: leaves[index] ?? emptyRoot, index, treeSize, proof, root: rootAt(treeSize) };
      const at = dice(proof.length);
      const spoilt = [
        { ...claim, leafHash: flip(claim.leafHash) },
        { ...claim, root: flip(claim.root) },
        { ...claim, index: (index + 1 + dice(treeSize - 1)) % treeSize },
        { ...claim, index: treeSize },
        { ...claim, index: -1 },
        { ...claim, treeSize: 0 },
        { ...claim, proof: proof.map((hash, i) => (i === at ? flip(hash) : hash)) },
        { ...claim, proof: proof.toSpliced(at, 1) },
        { ...claim, proof: [...proof, emptyRoot] },
        { ...claim, proof: [emptyRoot, ...proof] },
        { ...claim, proof: proof.map((hash, i) => (i === at ? hash.subarray(1) : hash)) },
      ];
      expect(spoilt.map(verifyInclusion)).toEqual(spoilt.map(() => false));
    }
  });

  it('of consistency verify no more with any part changed, dropped or added', async () => {
    const dice = createDice(5);
    for (let round = 0; round < 200; round += 1) {
      const to = 3 + dice(597);
      const from = 1 + dice(to - 1);
      const proof = await consistencyProof(from, to, read);
      const [old, present] = [from, to].map((size) => ({ size, root: rootAt(size) }));
      if (old === undefined || present === undefined) throw new Error('unreachable');
      const at = dice(proof.length);
      const other = rootAt(to - 1);
      expect([
        verifyConsistency({ ...old, root: emptyRoot }, present, proof),
        verifyConsistency(old, { ...present, root: other }, proof),
        verifyConsistency({ ...old, root: present.root }, present, proof),
        verifyConsistency(present, old, proof),
        verifyConsistency(old, present, proof.toSpliced(at, 1)),
        verifyConsistency(old, present, proof.with(at, emptyRoot)),
        verifyConsistency(old, present, [...proof, emptyRoot]),
        verifyConsistency(old, present, []),
        verifyConsistency({ ...old, size: 0 }, present, proof),
        verifyConsistency({ ...old, size: to }, present, proof),
      ]).toEqual(Array.from({ length: 10 }, () => false));
    }
  });

  it('say which leaf or size a tree has not, and which tile is too short', async () => {
    await expect(inclusionProof(600, 600, read)).rejects.toThrow('no leaf 600');
    await expect(consistencyProof(601, 600, read)).rejects.toThrow('does not hold one of 601');
    await expect(inclusionProof(0, 9_000, read)).rejects.toThrow(RangeError);
  });

  it('work for places beyond 32 bits', () => {
    const index = 2 ** 40 + 5;
    const proof = Array.from({ length: 41 }, (_, i) => leafHash(String(i)));
    const claim = { leafHash: leafHash('x'), index, treeSize: 2 ** 41, proof };
    let root = claim.leafHash;
    for (const [i, sibling] of proof.entries()) {
      const isRight = Math.floor(index / 2 ** i) % 2 === 1;
      root = Buffer.from(naiveRoot(isRight ? [sibling, root] : [root, sibling]));
    }
    expect(verifyInclusion({ ...claim, root })).toBe(true);
    expect(verifyInclusion({ ...claim, index: 5, root })).toBe(false);
  });
});
