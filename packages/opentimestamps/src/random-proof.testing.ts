import type { Attestation } from './attestation.ts';
import { concat, toHex } from './bytes.ts';
import { writeDetached } from './detached-timestamp.ts';
import { mineHeader } from './mine-header.testing.ts';
import { append, digestLength, prepend, sha256, type HashName, type Op } from './op.ts';
import { attested, mergeTimestamps, timestampThrough, type Timestamp } from './timestamp.ts';

export interface Random {
  /** An integer from 0 to n - 1. */
  below(n: number): number;
  bytes(length: number): Uint8Array;
  chance(probability: number): boolean;
  pick<T>(items: readonly T[]): T;
}

/** mulberry32: a failing test can be made again from its seed. */
export function seededRandom(seed: number): Random {
  let state = seed;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const below = (n: number): number => Math.floor(next() * n);
  return {
    below,
    bytes: (length) => Uint8Array.from({ length }, () => below(256)),
    chance: (probability) => next() < probability,
    pick(items) {
      const item = items[below(items.length)];
      if (item === undefined) throw new Error('nothing to pick from');
      return item;
    },
  };
}

/** A `.ots` file and the block headers by which it can be verified. */
export interface Proof {
  file: Uint8Array;
  /** 80 bytes as hex, by height. */
  headers: Record<string, string>;
}

const calendars = [
  'https://alice.btc.calendar.opentimestamps.org',
  'https://bob.btc.calendar.opentimestamps.org',
  'https://finney.calendar.eternitywall.com',
  'https://btc.calendar.catallaxy.com',
  'http://127.0.0.1:14788/',
  '',
];
const hashNames: readonly HashName[] = ['sha256', 'sha256', 'sha256', 'sha1', 'ripemd160', 'keccak256'];

/** A proof as a stamper makes it: one to four calendars, each still pending, upgraded, or with attestations of other kinds. */
export function randomProof(random: Random): Proof {
  const hash = random.pick(hashNames);
  const headers: Record<string, string> = {};
  const digest = random.bytes(digestLength(hash));
  const start = random.chance(0.8) ? [append(random.bytes(16)), sha256] : [];
  const timestamp = timestampThrough(digest, start, (commitment) =>
    Array.from({ length: 1 + random.below(4) }, () => calendarBranch(random, commitment, headers)).reduce(
      mergeTimestamps,
    ),
  );
  return { file: writeDetached({ hash, timestamp }), headers };
}

function calendarBranch(random: Random, commitment: Uint8Array, headers: Record<string, string>): Timestamp {
  return timestampThrough(commitment, randomOps(random), (message) => {
    const ends = [() => attested(message, { kind: 'pending', uri: random.pick(calendars) })];
    if (random.chance(0.5)) ends.push(() => blockBranch(random, message, headers));
    if (random.chance(0.2)) ends.push(() => attested(message, otherAttestation(random), otherAttestation(random)));
    const kept = ends.slice(random.chance(0.3) ? -1 : 0);
    return kept.map((make) => make()).reduce(mergeTimestamps);
  });
}

function randomOps(random: Random): Op[] {
  const ops = Array.from({ length: random.below(8) }, (): Op[] => [
    random.chance(0.5) ? append(random.bytes(1 + random.below(40))) : prepend(random.bytes(1 + random.below(200))),
    random.chance(0.2) ? { name: random.pick(['reverse', 'hexlify'] as const) } : sha256,
    { name: random.pick(hashNames) },
  ]);
  return ops.flat();
}

/** From a message over a transaction and its path in the block to a header that is mined for it. */
function blockBranch(random: Random, message: Uint8Array, headers: Record<string, string>): Timestamp {
  const transaction = [prepend(random.bytes(60)), append(random.bytes(20)), sha256, sha256];
  const path = Array.from({ length: random.below(12) }, () => [
    random.chance(0.5) ? append(random.bytes(32)) : prepend(random.bytes(32)),
    sha256,
    sha256,
  ]);
  const height = random.pick([0, 1, 127, 128, 300_000, 900_000]) + random.below(100_000);
  return timestampThrough(message, [...transaction, ...path.flat()], (merkleRoot) => {
    headers[height] = toHex(mineHeader({ merkleRoot, time: 1_700_000_000 + random.below(1_000_000) }));
    return attested(merkleRoot, { kind: 'bitcoin', height });
  });
}

function otherAttestation(random: Random): Attestation {
  const height = random.below(2 ** 31);
  return random.pick<Attestation>([
    { kind: 'litecoin', height },
    { kind: 'ethereum', height },
    { kind: 'unknown', tag: toHex(random.bytes(8)), payload: random.bytes(random.below(300)) },
    { kind: 'unknown', tag: '0102030405060708', payload: random.bytes(random.below(3)) },
  ]);
}

/** The bytes with something wrong, or at least something else, in one to three places. */
export function mutate(random: Random, bytes: Uint8Array, other: Uint8Array): Uint8Array {
  let mutated = bytes;
  for (let left = 1 + random.below(3); left > 0; left -= 1) mutated = mutateOnce(random, mutated, other);
  return mutated;
}

const telling = [0x00, 0x01, 0x02, 0x03, 0x08, 0x67, 0x7f, 0x80, 0xf0, 0xf1, 0xf2, 0xf3, 0xff];

function mutateOnce(random: Random, bytes: Uint8Array, other: Uint8Array): Uint8Array {
  // Mostly behind the magic: everything before it is one condition.
  const from = random.chance(0.9) ? Math.min(31, bytes.length) : 0;
  const at = from + random.below(Math.max(1, bytes.length - from));
  const to = Math.min(bytes.length, at + random.below(60));
  const [head, tail] = [bytes.subarray(0, at), bytes.subarray(at)];
  const changes: (() => Uint8Array[])[] = [
    () => [head, Uint8Array.of((bytes[at] ?? 0) ^ (1 << random.below(8))), tail.subarray(1)],
    () => [head, Uint8Array.of(random.pick(telling)), tail.subarray(1)],
    () => [head, Uint8Array.of(random.pick(telling)), tail],
    () => [head, tail.subarray(1)],
    () => [head],
    () => [bytes, random.bytes(1 + random.below(4))],
    () => [head, bytes.subarray(at, to), tail],
    () => [head, bytes.subarray(to)],
    () => [head, other.subarray(Math.min(at, other.length))],
    // A varuint that is longer than it has to be.
    () => [head, Uint8Array.of((bytes[at] ?? 0) | 0x80, 0), tail.subarray(1)],
    () => [head, random.bytes(1 + random.below(8)), tail.subarray(random.below(8))],
  ];
  return concat(random.pick(changes)());
}
