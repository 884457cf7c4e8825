import { leafHash } from '@artdag/claims';
import {
  appendLeaves,
  consistencyProof,
  edgeRoot,
  tileWidth,
  verifyConsistency,
  type TreeEdge,
  type TreeHead,
} from '@artdag/transparency-log';
import { edgeAt } from './edge-at.ts';
import type { LogServer } from './log-server.ts';
import { newestCheckpoint, type CheckpointDeps, type SignedHead } from './newest-checkpoint.ts';
import { Alarmed } from './alarm.ts';

/** A checkpoint with the right edge of its tree, from which one reads on. */
export interface Followed extends SignedHead {
  edge: TreeEdge;
}

export interface FollowDeps extends CheckpointDeps {
  server: LogServer;
  /** Where to begin, in a log whose newest checkpoint is that; undefined to go on from what is remembered, or else from the newest. */
  from: ((newest: SignedHead) => Promise<number>) | undefined;
  onEntry: (index: number, entry: Buffer) => void;
}

/**
 * Takes over what has come to the log, entry by entry: the tree that they make must be the one that the log has signed, and must have been the
 * one that is remembered. So nothing can have been changed, left out or put in between.
 *
 * @returns undefined while the log has no checkpoint
 * @throws Alarmed
 */
export async function followLog(
  deps: FollowDeps,
  remembered: Followed | undefined,
): Promise<(Followed & { begun: number }) | undefined> {
  const newest = await newestCheckpoint(deps, remembered);
  if (newest === undefined) return undefined;
  const { size } = newest.head;
  const start = Math.min((await deps.from?.(newest)) ?? size, remembered?.head.size ?? size);
  const isReadOn = remembered !== undefined && remembered.edge.size === start;
  const begin = isReadOn ? remembered.edge : await edgeAt(deps.server, start, size);
  const heads = remembered === undefined || isReadOn ? [newest.head] : [remembered.head, newest.head];
  const edge = await replay(deps, begin, heads);
  if (edge === undefined) throw await accusation(deps.server, { remembered, newest, isReplayed: start < size });
  if (begin !== edge) await compareTiles(deps.server, edge);
  return { ...newest, edge, begun: start };
}

/** The edge after the last of the heads; undefined when the entries do not make the tree of one of them. */
async function replay(
  deps: Pick<FollowDeps, 'server' | 'onEntry'>,
  begin: TreeEdge,
  heads: readonly TreeHead[],
): Promise<TreeEdge | undefined> {
  const treeSize = heads.at(-1)?.size ?? 0;
  let edge = begin;
  for (const { size, root } of heads) {
    while (edge.size < size) edge = await readBundle(deps, edge, size, treeSize);
    if (!edgeRoot(edge).equals(root)) return undefined;
  }
  return edge;
}

/** To the end of the bundle that the edge is in, or to `end`. */
async function readBundle(
  { server, onEntry }: Pick<FollowDeps, 'server' | 'onEntry'>,
  edge: TreeEdge,
  end: number,
  treeSize: number,
): Promise<TreeEdge> {
  const index = Math.floor(edge.size / tileWidth);
  const entries = await server.entries(index, treeSize);
  const fresh = entries.slice(edge.size % tileWidth, end - index * tileWidth);
  fresh.forEach((entry, i) => onEntry(edge.size + i, entry));
  return appendLeaves(edge, fresh.map(leafHash)).edge;
}

/** Others build on the tiles that are served. Those at the right edge hang together with all the others. */
async function compareTiles(server: LogServer, edge: TreeEdge): Promise<void> {
  const served = await edgeAt(server, edge.size, edge.size);
  if (edge.tiles.every((tile, level) => Buffer.compare(tile, served.tiles[level] ?? Buffer.alloc(0)) === 0)) return;
  throw new Alarmed('tiles_differ', 'The hash tiles that the server shows are not those of its log.');
}

/** Why what is shown does not fit together: the history is another one, or only what is served of it. */
async function accusation(
  server: LogServer,
  o: { remembered: SignedHead | undefined; newest: SignedHead; isReplayed: boolean },
): Promise<Alarmed> {
  const { remembered, newest, isReplayed } = o;
  const { size } = newest.head;
  if (remembered !== undefined && !(await continues(server, remembered.head, newest.head))) {
    const text = `The log of ${size} entries does not begin with the ${remembered.head.size} that it had.`;
    return new Alarmed('rewritten', text, { remembered: remembered.note, shown: newest.note });
  }
  const [code, what] = isReplayed
    ? (['entries_differ', 'entries'] as const)
    : (['tiles_differ', 'hash tiles'] as const);
  const text = `The ${what} that the server shows do not make the tree of ${size} entries that was signed.`;
  return new Alarmed(code, text, { shown: newest.note });
}

/** Whether the server can prove that the larger tree begins with the smaller one. @throws Alarmed when it withholds the tiles */
export async function continues(server: Pick<LogServer, 'readTiles'>, from: TreeHead, to: TreeHead): Promise<boolean> {
  try {
    return verifyConsistency(from, to, await consistencyProof(from.size, to.size, server.readTiles));
  } catch (error) {
    // A tile that is shorter than it has to be proves nothing.
    if (error instanceof RangeError) return false;
    throw error;
  }
}
