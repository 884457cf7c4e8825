import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Attestation } from './attestation.ts';
import { bitcoinNetworks, parseBlockHeader } from './block-header.ts';
import { fromHex, toHex } from './bytes.ts';
import { readDetached, writeDetached, type DetachedTimestamp } from './detached-timestamp.ts';
import { OtsError } from './ots-error.ts';
import { mutate, randomProof, seededRandom, type Proof } from './random-proof.testing.ts';
import { attestationsOf } from './timestamp.ts';
import { bitcoinAttestationsOf, verifyBitcoinAttestation } from './verify-attestation.ts';

interface Case {
  /** Hex. */
  file: string;
  headers: Record<string, string>;
}

/** What a file says and proves, as either side sees it; null when it is refused. */
type Verdict = {
  written: string;
  attestations: [message: string, kind: string, value: string | number][];
  verified: [height: number, time: number][];
} | null;

const seed = 20_261_128;
const madeByEach = 150;
const mutations = 3_000;

/** Asks Debian's library, in one process for all cases. */
function askReference(make: number, judge: Case[]): { made: Case[]; verdicts: Verdict[] } {
  const python = process.env['ARTDAG_TEST_PYTHON'] ?? '/usr/bin/python3';
  const answer = execFileSync(python, [join(import.meta.dirname, 'reference.testing.py')], {
    input: JSON.stringify({ seed, make, judge }),
    maxBuffer: 2 ** 28,
  });
  return JSON.parse(answer.toString()) as { made: Case[]; verdicts: Verdict[] };
}

function describeAttestation(attestation: Attestation): [kind: string, value: string | number] {
  if (attestation.kind === 'pending') return ['pending', attestation.uri];
  if (attestation.kind === 'unknown') return ['unknown', attestation.tag + toHex(attestation.payload)];
  return [attestation.kind, attestation.height];
}

function judge({ file, headers }: Case): Verdict {
  const detached = unlessRefused(() => readDetached(fromHex(file)));
  if (detached === null) return null;
  const attestations = attestationsOf(detached.timestamp).map(
    ({ message, attestation }): [string, string, string | number] => [
      toHex(message),
      ...describeAttestation(attestation),
    ],
  );
  return { written: toHex(writeDetached(detached)), attestations, verified: verifyAll(detached, headers) };
}

function verifyAll({ timestamp }: DetachedTimestamp, headers: Record<string, string>): [number, number][] {
  return bitcoinAttestationsOf(timestamp).flatMap((found): [number, number][] => {
    const { height } = found.attestation;
    const bytes = headers[height];
    if (bytes === undefined) return [];
    const time = unlessRefused(() =>
      verifyBitcoinAttestation(found, parseBlockHeader(fromHex(bytes)), bitcoinNetworks.regtest),
    );
    return time === null ? [] : [[height, time]];
  });
}

function unlessRefused<T>(work: () => T): T | null {
  try {
    return work();
  } catch (error) {
    if (error instanceof OtsError) return null;
    throw error;
  }
}

/** The two sides name what they found in an order of their own. */
function sorted(verdict: Verdict): Verdict {
  if (verdict === null) return null;
  const key = (item: unknown): string => JSON.stringify(item);
  const sort = <T>(items: T[]): T[] => items.toSorted((a, b) => (key(a) < key(b) ? -1 : 1));
  return { ...verdict, attestations: sort(verdict.attestations), verified: sort(verdict.verified) };
}

const random = seededRandom(seed);
const ours: Case[] = Array.from({ length: madeByEach }, () => {
  const { file, headers }: Proof = randomProof(random);
  return { file: toHex(file), headers };
});
let good: Case[];
let goodVerdicts: Verdict[];
let mutated: Case[];
let mutatedVerdicts: Verdict[];

/** Mostly a file with errors in it; every tenth one whole, with an error in a header instead. */
function mutateCase({ file, headers }: Case, i: number): Case {
  const [height, header] = Object.entries(headers)[0] ?? [];
  if (i % 10 === 0 && height !== undefined && header !== undefined) {
    const wrong = mutate(random, fromHex(header), random.bytes(80));
    return { file, headers: { ...headers, [height]: toHex(wrong) } };
  }
  return { file: toHex(mutate(random, fromHex(file), fromHex(random.pick(good).file))), headers };
}

beforeAll(() => {
  const { made } = askReference(madeByEach, []);
  good = [...ours, ...made];
  mutated = Array.from({ length: mutations }, (_, i) => mutateCase(random.pick(good), i));
  const { verdicts } = askReference(0, [...good, ...mutated]);
  goodVerdicts = verdicts.slice(0, good.length);
  mutatedVerdicts = verdicts.slice(good.length);
});

describe('300 good proofs, half of them made by us and half by the reference', () => {
  it('are all accepted by both, and mean the same to both, byte for byte', () => {
    for (const [i, each] of good.entries()) {
      const verdict = judge(each);
      expect(verdict).not.toBeNull();
      expect(sorted(verdict)).toEqual(sorted(goodVerdicts[i] ?? null));
      expect(verdict?.written).toBe(each.file);
    }
    const count = (what: (verdict: Verdict) => boolean): number => goodVerdicts.filter(what).length;
    const verified = count((verdict) => (verdict?.verified.length ?? 0) > 0);
    const pending = count((verdict) => verdict?.attestations.some(([, kind]) => kind === 'pending') === true);
    const forked = count((verdict) => (verdict?.attestations.length ?? 0) > 1);
    console.log(
      `${good.length} good: both accept all; ${verified} verified by a block, ${pending} pending, ${forked} forked`,
    );
    for (const some of [verified, pending, forked]) expect(some).toBeGreaterThan(100);
  });

  it('prove exactly the blocks that they were made with', () => {
    for (const { file, headers } of good) {
      const heights = judge({ file, headers })?.verified.map(([height]) => String(height));
      expect(heights?.toSorted()).toEqual(Object.keys(headers).toSorted());
    }
  });
});

describe('3,000 mutated proofs', () => {
  it('are never accepted by us when the reference refuses, nor proven to us by a block that is none to it', () => {
    const tally = { both: 0, neither: 0, 'only us': 0, 'only the reference': 0, 'fewer blocks than before': 0 };
    for (const [i, each] of mutated.entries()) {
      const [our, their] = [judge(each), mutatedVerdicts[i] ?? null];
      if (our === null) tally[their === null ? 'neither' : 'only the reference'] += 1;
      else tally[their === null ? 'only us' : 'both'] += 1;
      if (our !== null && their !== null) expect(sorted(our)).toEqual(sorted(their));
      if (their !== null && their.verified.length < Object.keys(each.headers).length)
        tally['fewer blocks than before'] += 1;
    }
    console.log(`${mutated.length} mutated: ${JSON.stringify(tally)}`);
    expect(tally).toMatchObject({ 'only us': 0, 'only the reference': 0 });
    // The mutations do bite: on the format, and on what is proven by files that can still be read.
    for (const some of [tally.neither, tally['fewer blocks than before']]) expect(some).toBeGreaterThan(200);
  });
});
