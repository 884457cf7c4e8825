import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { leafHash } from '@artdag/claims';
import {
  appendLeaves,
  checkpointText,
  edgeRoot,
  emptyTree,
  encodeEntryBundle,
  formatNote,
  formatTlogProof,
  formatVkey,
  inclusionProof,
  parseTilePath,
  signText,
  tileWidth,
  verifierKey,
  type HashTile,
  type Tile,
} from '@artdag/transparency-log';

/** The key that signs a log. */
export interface LogSigner {
  privateKey: KeyObject;
  /** Raw, 32 bytes. */
  publicKey: Uint8Array;
}

/** A log that somebody with its key tells instead of the true one: it fits together in itself. */
export interface ForkedLog {
  size: number;
  /** Signed. */
  checkpoint: string;
  /** What its server answers to a path; undefined for what it has not. */
  answer(path: string): Buffer | undefined;
  /** C2SP tlog-proof of an entry in it. */
  proof(index: number): Promise<string>;
}

export function forkLog(origin: string, signer: LogSigner, leaves: readonly string[]): ForkedLog {
  const { edge, tiles } = appendLeaves(emptyTree, leaves.map(leafHash));
  const size = leaves.length;
  const checkpoint = signCheckpoint(origin, signer, { size, root: edgeRoot(edge) });
  const bytesOf = (tile: Tile): Buffer | undefined => {
    const start = tile.index * tileWidth;
    if (tile.level === 'entries') return encodeEntryBundle(leaves.slice(start, start + tile.width));
    return hashesOf(tiles, { ...tile, level: tile.level });
  };
  const readTiles = async (wanted: readonly Tile[]): Promise<Buffer[]> =>
    wanted.map((each) => bytesOf(each) ?? Buffer.alloc(0));
  return {
    ...{ size, checkpoint },
    answer(path) {
      if (path === '/log/checkpoint') return Buffer.from(checkpoint);
      return path.startsWith('/log/tile/') ? bytesOf(parseTilePath(path.slice('/log/tile/'.length))) : undefined;
    },
    proof: async (index) =>
      formatTlogProof({ index, hashes: await inclusionProof(index, size, readTiles), checkpoint }),
  };
}

export function signCheckpoint(origin: string, signer: LogSigner, head: { size: number; root: Uint8Array }): string {
  const text = checkpointText({ origin, ...head });
  const key = verifierKey(origin, signer.publicKey);
  return formatNote({ text, signatures: [signText(text, key, signer.privateKey)] });
}

function hashesOf(tiles: readonly HashTile[], { level, index, width }: Tile & { level: number }): Buffer | undefined {
  const found = tiles.find((each) => each.level === level && each.index === index);
  return found && Buffer.from(found.hashes.subarray(0, width * 32));
}

/** A key that no log ever had. */
export function newLogSigner(): LogSigner {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  return { privateKey, publicKey: publicKey.export({ format: 'der', type: 'spki' }).subarray(12) };
}

export const vkeyOf = (origin: string, { publicKey }: LogSigner): string => formatVkey(verifierKey(origin, publicKey));
