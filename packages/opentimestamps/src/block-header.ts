import { hash } from 'node:crypto';
import { equalBytes, fromHex, toHex } from './bytes.ts';
import { OtsError } from './ots-error.ts';

export const blockHeaderBytes = 80;

/** A Bitcoin block header. Hashes are in the order of the bytes, which is the reverse of how explorers show them. */
export interface BlockHeader {
  readonly version: number;
  readonly previousHash: Uint8Array;
  readonly merkleRoot: Uint8Array;
  /** Unix seconds, as the miner says: right to about two hours. */
  readonly time: number;
  /** The target, compact (nBits). */
  readonly bits: number;
  readonly nonce: number;
  /** SHA-256 of SHA-256 of the 80 bytes. */
  readonly hash: Uint8Array;
}

/**
 * What work a header has to show. `maxTarget` is a chain's easiest target: a header says itself how hard it was to find, so without a floor
 * anybody could make one.
 */
export interface WorkFloor {
  readonly maxTarget: bigint;
}

/** What the consensus of each network has. */
export const bitcoinNetworks = {
  mainnet: { maxTarget: 2n ** 224n - 1n },
  regtest: { maxTarget: 2n ** 255n - 1n },
} as const satisfies Record<string, WorkFloor>;

/**
 * For proofs that are made now: 2^72 hashes for every block, a hundredth of what the chain has taken since 2023. A machine that computes
 * 100 TH/s is busy for a year and a half with one such header, where the consensus alone would let it have one in an instant.
 */
export const presentWork: WorkFloor = { maxTarget: 2n ** 184n };

/**
 * Reads 80 bytes.
 *
 * @throws OtsError `invalid_header` for any other length
 */
export function parseBlockHeader(bytes: Uint8Array): BlockHeader {
  if (bytes.length !== blockHeaderBytes)
    throw new OtsError('invalid_header', `A block header has ${blockHeaderBytes} bytes, not ${bytes.length}.`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return {
    version: view.getInt32(0, true),
    previousHash: bytes.slice(4, 36),
    merkleRoot: bytes.slice(36, 68),
    time: view.getUint32(68, true),
    bits: view.getUint32(72, true),
    nonce: view.getUint32(76, true),
    hash: fromHex(hash('sha256', fromHex(hash('sha256', bytes, 'hex')), 'hex')),
  };
}

/** As explorers and headers' sources show a block hash or a merkle root: hex of the reversed bytes. */
export function displayHash(bytes: Uint8Array): string {
  return toHex(bytes.toReversed());
}

/**
 * The target that nBits stands for: at most this number a block's hash may be.
 *
 * @throws OtsError `insufficient_work` when it is negative or zero
 */
export function targetOf(bits: number): bigint {
  const exponent = bits >>> 24;
  const mantissa = BigInt(bits & 0x7fffff);
  const target = exponent <= 3 ? mantissa >> BigInt(8 * (3 - exponent)) : mantissa << BigInt(8 * (exponent - 3));
  if ((bits & 0x800000) !== 0 || target === 0n)
    throw new OtsError('insufficient_work', `nBits 0x${bits.toString(16)} is no target.`);
  return target;
}

/** @throws OtsError `insufficient_work` when the hash does not meet the header's own target, or that is easier than the floor allows */
export function checkProofOfWork(header: BlockHeader, floor: WorkFloor): void {
  const target = targetOf(header.bits);
  if (target > floor.maxTarget) throw new OtsError('insufficient_work', 'The header claims less work than is wanted.');
  if (BigInt(`0x${displayHash(header.hash)}`) > target)
    throw new OtsError('insufficient_work', "The header's hash does not meet its target.");
}

/**
 * Checks that each header has done its work and names the one before it as its predecessor.
 *
 * @param headers at consecutive heights, ascending
 * @throws OtsError `insufficient_work` or `broken_chain`
 */
export function checkHeaderChain(headers: readonly BlockHeader[], floor: WorkFloor): void {
  for (const [i, header] of headers.entries()) {
    checkProofOfWork(header, floor);
    const before = headers[i - 1];
    if (before !== undefined && !equalBytes(header.previousHash, before.hash))
      throw new OtsError('broken_chain', `Header ${i} does not follow the one before it.`);
  }
}
