import { openCheckpoint, type Checkpoint } from './checkpoint.ts';
import { decodeBase64, parseDecimal, utf8Text } from './encoding.ts';
import { LogDataError } from './log-data-error.ts';
import { hashBytes } from './merkle-hash.ts';
import type { VerifierKey } from './verifier-key.ts';
import { verifyInclusion } from './verify.ts';

/** A proof of inclusion that stands alone (C2SP tlog-proof). */
export interface TlogProof {
  /** Anything; never to be trusted. */
  extra?: Uint8Array;
  index: number;
  /** From the leaf's sibling up. */
  hashes: readonly Uint8Array[];
  /** The signed checkpoint, verbatim. */
  checkpoint: string;
}

const header = 'c2sp.org/tlog-proof@v1';
/** No tree of at most 2^53 leaves is higher. */
const maxHashes = 53;

/** The text of a `.tlog-proof` file. */
export function formatTlogProof({ extra, index, hashes, checkpoint }: TlogProof): string {
  const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
  const lines = [header, ...(extra ? [`extra ${base64(extra)}`] : []), `index ${index}`, ...hashes.map(base64)];
  return `${lines.join('\n')}\n\n${checkpoint}`;
}

/** @throws LogDataError when it is not as {@link formatTlogProof} writes it. The checkpoint is not looked into. */
export function parseTlogProof(input: string | Uint8Array): TlogProof {
  const text = utf8Text(input);
  const split = text.indexOf('\n\n');
  const lines = text.slice(0, Math.max(0, split)).split('\n');
  if (lines.shift() !== header) throw new LogDataError(`Not a ${header}.`);
  const extra = lines[0]?.startsWith('extra ') === true ? decodeBase64((lines.shift() ?? '').slice(6)) : undefined;
  const indexLine = lines.shift() ?? '';
  if (!indexLine.startsWith('index ')) throw new LogDataError('The proof does not say which index it is of.');
  const hashes = lines.map(decodeBase64);
  if (hashes.length > maxHashes || hashes.some((hash) => hash.length !== hashBytes)) {
    throw new LogDataError('The proof consists of at most 53 hashes of 32 bytes.');
  }
  const checkpoint = text.slice(split + 2);
  return { ...(extra && { extra }), index: parseDecimal(indexLine.slice(6)), hashes, checkpoint };
}

/**
 * Verifies that the leaf stands in the log whose keys these are.
 *
 * @returns the checkpoint that the proof leads to.
 * @throws LogDataError when the checkpoint is malformed or not signed by them, or the proof does not lead from the leaf to its root.
 */
export function verifyTlogProof(proof: TlogProof, leafHash: Uint8Array, keys: readonly VerifierKey[]): Checkpoint {
  const checkpoint = openCheckpoint(proof.checkpoint, keys);
  const { size: treeSize, root } = checkpoint;
  if (!verifyInclusion({ leafHash, index: proof.index, treeSize, proof: proof.hashes, root })) {
    throw new LogDataError('The proof does not lead from the leaf to the root of the checkpoint.');
  }
  return checkpoint;
}
