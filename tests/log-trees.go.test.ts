import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { leafHash } from '@artdag/claims';
import {
  appendLeaves,
  consistencyProof,
  edgeRoot,
  emptyTree,
  inclusionProof,
  verifyConsistency,
  verifyInclusion,
  type ReadTiles,
} from '@artdag/transparency-log';
import { createDice, randomSeed } from './lib/dice.ts';
import { buildTlogReference, type Question, type TlogReference } from './lib/tlog-reference.ts';

let reference: TlogReference;
beforeAll(async () => {
  reference = await buildTlogReference();
});
afterAll(() => reference?.remove());

const seed = randomSeed();
const dice = createDice(seed);
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
const hashBytes = 32;

const largest = 67_000;
const leaves = Array.from({ length: largest }, (_, i) => leafHash(`leaf ${i}`));
const leafAt = (index: number): Buffer => leaves[index] ?? Buffer.alloc(hashBytes);
const roots = new Map<number, Buffer>();

/** The package's own tree of all these leaves, appended in batches of any size; it remembers the root after each. */
function growTree(): Map<string, Buffer> {
  const stored = new Map<string, Buffer>();
  let edge = emptyTree;
  while (edge.size < largest) {
    const grown = appendLeaves(edge, leaves.slice(edge.size, edge.size + 1 + dice.roll(edge.size < 600 ? 3 : 1_500)));
    ({ edge } = grown);
    for (const { level, index, hashes } of grown.tiles) stored.set(`${level}/${index}`, Buffer.from(hashes));
    roots.set(edge.size, edgeRoot(edge));
  }
  return stored;
}
const tiles = growTree();
const sizes = [...roots.keys()];
const someSize = (): number => dice.pick([sizes, sizes.slice(1, 200)].map((from) => dice.pick(from)));
const rootOf = (size: number): Buffer => roots.get(size) ?? Buffer.alloc(hashBytes);
const read: ReadTiles = (wanted) =>
  Promise.resolve(wanted.map(({ level, index }) => tiles.get(`${level}/${index}`) ?? Buffer.alloc(0)));

describe(`the package's trees against Go's (seed ${seed})`, () => {
  it('have the same root after every batch, and the same tiles', async () => {
    const replies = await reference.ask(sizes.map((size) => ({ op: 'root', size })));
    expect(replies.map(({ root }) => root)).toEqual(sizes.map((size) => base64(roots.get(size) ?? Buffer.alloc(0))));
    const keys = [...tiles.keys()];
    const asked = keys.map((key): Question => {
      const [level = 0, number = 0] = key.split('/').map(Number);
      return { op: 'tile', size: largest, level, number, width: (tiles.get(key)?.length ?? 0) / hashBytes };
    });
    const same = await reference.ask(asked);
    expect(same.map(({ bytes }) => bytes)).toEqual(keys.map((key) => tiles.get(key)?.toString('base64')));
  });

  it('give the same proofs, for any leaf of any size and between any two sizes', async () => {
    const anySize = (): number => (dice.roll(2) === 0 ? 1 + dice.roll(600) : 1 + dice.roll(largest));
    const inclusions = Array.from({ length: 1_500 }, (): { size: number; index: number } => {
      const size = anySize();
      return { size, index: dice.roll(size) };
    });
    const consistencies = Array.from({ length: 1_500 }, () => {
      const size = anySize();
      return { size, from: 1 + dice.roll(size) };
    });
    const theirs = await reference.ask([
      ...inclusions.map((each) => ({ op: 'inclusion' as const, ...each })),
      ...consistencies.map((each) => ({ op: 'consistency' as const, ...each })),
    ]);
    const ours = [
      ...inclusions.map(({ index, size }) => inclusionProof(index, size, read)),
      ...consistencies.map(({ from, size }) => consistencyProof(from, size, read)),
    ];
    const shown = (await Promise.all(ours)).map((proof) => proof.map(base64));
    expect(shown).toEqual(theirs.map(({ proof }) => proof ?? []));
  });
});

describe(`the package's verdicts against Go's (seed ${seed})`, () => {
  /** Something else than it was, mostly near to it. */
  const near = (n: number): number =>
    dice.roll(3) > 0 ? n : Math.max(0, dice.pick([n - 1, n + 1, n * 2, n >> 1, dice.roll(largest)]));
  const bent = (proof: Buffer[]): Buffer[] => {
    const at = dice.roll(proof.length + 1);
    return dice.pick([
      proof,
      proof,
      proof,
      proof.toSpliced(at, 1),
      proof.toSpliced(at, 0, leafAt(dice.roll(largest))),
      proof.toReversed(),
      proof.map((hash, i) => (i === at ? dice.flipBit(hash) : hash)),
      [...proof, ...proof.slice(-1)],
    ]);
  };
  const count = (verdicts: boolean[]): string => `${verdicts.filter(Boolean).length} of ${verdicts.length} hold`;

  it('agree on proofs of inclusion, true and bent', async () => {
    const cases = await Promise.all(
      Array.from({ length: 6_000 }, async () => {
        const size = someSize();
        const index = dice.roll(size);
        const proof = bent(await inclusionProof(index, size, read));
        const root = rootOf(dice.roll(9) === 0 ? someSize() : size);
        return { proof, root, index: near(index), treeSize: near(size), leafHash: leafAt(near(index)) };
      }),
    );
    const replies = await reference.ask(
      cases.map((each) => ({
        op: 'check-inclusion',
        ...{ size: each.treeSize, index: each.index, proof: each.proof.map(base64) },
        ...{ leaf: base64(each.leafHash), root: base64(each.root) },
      })),
    );
    const ours = cases.map(verifyInclusion);
    expect(ours).toEqual(replies.map(({ error }) => error === undefined));
    expect(new Set(ours).size).toBe(2);
    console.log(`inclusion: ${count(ours)}, here and there`);
  });

  it('agree on proofs of consistency, true and bent', async () => {
    const cases = await Promise.all(
      Array.from({ length: 6_000 }, async () => {
        const [from = 1, to = 1] = [someSize(), someSize()].toSorted((a, b) => a - b);
        const proof = bent(await consistencyProof(from, to, read));
        const rootNear = (size: number): Buffer => rootOf(dice.roll(9) === 0 ? someSize() : size);
        // From the empty tree there is nothing to prove; Go leaves that to its caller.
        const old = { size: Math.max(1, near(from)), root: rootNear(from) };
        return { old, present: { size: near(to), root: rootNear(to) }, proof };
      }),
    );
    const replies = await reference.ask(
      cases.map(({ old, present, proof }) => ({
        op: 'check-consistency',
        ...{ size: present.size, root: base64(present.root), from: old.size, old: base64(old.root) },
        proof: proof.map(base64),
      })),
    );
    const ours = cases.map(({ old, present, proof }) => verifyConsistency(old, present, proof));
    expect(ours).toEqual(replies.map(({ error }) => error === undefined));
    expect(new Set(ours).size).toBe(2);
    console.log(`consistency: ${count(ours)}, here and there`);
  });
});
