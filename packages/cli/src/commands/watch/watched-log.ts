import { leafHash } from '@artdag/claims';
import {
  appendLeaves,
  consistencyProof,
  decodeEntryBundle,
  edgeRoot,
  edgeTiles,
  openCheckpoint,
  tilePath,
  tileWidth,
  verifyConsistency,
  widthInTree,
  type Checkpoint,
  type Tile,
  type TreeEdge,
  type VerifierKey,
} from '@artdag/transparency-log';
import { Alarm } from './alarm.ts';
import type { LogClient } from './log-client.ts';

/** A leaf of the log with its place. */
export interface WatchedLeaf {
  index: number;
  text: string;
}

/** How far the log was watched: all that is needed to prove that it only grew since. */
export type Watched = TreeEdge;

const hashBytes = 32;

/** The newest checkpoint, signed by a trusted key. @throws Alarm */
export async function readCheckpoint(log: LogClient, keys: readonly VerifierKey[]): Promise<Checkpoint> {
  const note = await log.text('checkpoint');
  try {
    return openCheckpoint(note, keys);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Alarm('not_signed', `the checkpoint that is served is not signed by the log's key: ${why}`);
  }
}

/** Begins to watch at a checkpoint: what was before is taken as the log has it. @throws Alarm */
export async function edgeAt(log: LogClient, { size, root }: Checkpoint): Promise<Watched> {
  const places = edgeTiles(size);
  const read = await log.hashTiles(places);
  const tiles: Uint8Array[] = [];
  for (const [i, { level }] of places.entries()) tiles[level] = read[i] ?? Buffer.alloc(0);
  const edge = { size, tiles: Array.from(tiles, (hashes) => hashes ?? Buffer.alloc(0)) };
  if (sameBytes(edgeRoot(edge), root)) return edge;
  throw new Alarm('tiles_differ', 'the tiles that are served do not make the tree that was signed');
}

/**
 * Follows the log from where it was watched to a checkpoint: it must begin with what it was, and its new entries must make the tree that
 * was signed.
 *
 * @throws Alarm `shrank`, `forked`, `rewritten`, `entries_differ`
 */
export async function follow(
  log: LogClient,
  from: Watched,
  to: Checkpoint,
): Promise<{ watched: Watched; leaves: WatchedLeaf[] }> {
  const root = edgeRoot(from);
  if (to.size < from.size) {
    throw new Alarm('shrank', `the log had ${from.size} entries when it was last watched, and now says ${to.size}`);
  }
  if (to.size === from.size) {
    if (sameBytes(root, to.root)) return { watched: from, leaves: [] };
    throw new Alarm('forked', `the log has signed two different trees of ${to.size} entries`);
  }
  const proof = await consistencyProof(from.size, to.size, (tiles) => log.hashTiles(tiles));
  if (!verifyConsistency({ size: from.size, root }, to, proof)) {
    throw new Alarm(
      'rewritten',
      `the log of ${to.size} entries does not begin with the ${from.size} that were watched`,
    );
  }
  const leaves = await readEntries(log, from.size, to.size);
  const { edge } = appendLeaves(
    from,
    leaves.map(({ text }) => leafHash(text)),
  );
  if (sameBytes(edgeRoot(edge), to.root)) return { watched: edge, leaves };
  throw new Alarm('entries_differ', 'the entries that are served do not make the tree that was signed');
}

async function readEntries(log: LogClient, from: number, to: number): Promise<WatchedLeaf[]> {
  const leaves: WatchedLeaf[] = [];
  for (let bundle = Math.floor(from / tileWidth); bundle * tileWidth < to; bundle += 1) {
    const width = widthInTree('entries', bundle, to);
    const entries = decodeEntryBundle(await log.bytes({ level: 'entries', index: bundle, width }));
    for (const [i, entry] of entries.slice(0, width).entries()) {
      const index = bundle * tileWidth + i;
      if (index >= from) leaves.push({ index, text: entry.toString('utf8') });
    }
  }
  return leaves;
}

/** Bytes of hash tiles over HTTP; a tile that has grown meanwhile is asked for as the full one. */
export async function readHashTiles(
  bytes: (tile: Tile) => Promise<Buffer>,
  tiles: readonly Tile[],
): Promise<Uint8Array[]> {
  const read: Uint8Array[] = [];
  for (const tile of tiles) {
    const hashes = await bytes(tile);
    if (hashes.length < tile.width * hashBytes)
      throw new Alarm('tiles_differ', `the tile ${tilePath(tile)} is cut short`);
    read.push(hashes.subarray(0, tile.width * hashBytes));
  }
  return read;
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}
