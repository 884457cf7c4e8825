import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  edgeRoot,
  hashBytes,
  parseCheckpointText,
  parseNote,
  type TreeEdge,
  type TreeHead,
} from '@artdag/transparency-log';
import { CliError } from '../../cli-error.ts';
import { clientPath } from '../../client-folder.ts';
import { writePrivateFile } from '../../private-file.ts';
import type { Followed } from './follow-log.ts';
import type { ShownKeys } from './shown-keys.ts';
import type { Target } from './target.ts';

/** A claim that is looked after: until it is proved, and then until it is old. */
export interface TrackedClaim {
  /** URL. */
  id: string;
  publishedMs: number;
  /** By this machine's clock. */
  firstSeenMs: number;
  /** Once the log has it. */
  entry?: { index: number; leaf: string };
  isProved?: true;
}

/** What a watch remembers, to hold the log to it the next time. Times are unix milliseconds. */
export interface WatchState {
  v: 1;
  server: string;
  username: string;
  /** vkeys that are trusted. */
  logKeys: string[];
  /** The signed checkpoint up to which the log was read; null while it had none. */
  checkpoint: string | null;
  /** The right edge of its tree: hashes per level, base64. */
  edge: string[];
  /** Index of the first entry that was read. */
  since: number;
  /** Claims that were published later are to be in the server's list; undefined before the first look. */
  listedAfterMs?: number;
  claims: TrackedClaim[];
  /** Every key that the actor document ever showed. */
  keys: ShownKeys;
}

/** `watch/<scheme>_<host>+<username>.json` in the client's folder. */
export function statePath(env: NodeJS.ProcessEnv, { server, username }: Target): string {
  const name = server.replace('://', '_').replaceAll(/[^A-Za-z0-9.-]/g, '_');
  return join(clientPath(env, 'watch'), `${name}+${username}.json`);
}

/** Undefined at the first visit. @throws CliError when the file is damaged */
export function readState(path: string): WatchState | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
  try {
    const state = JSON.parse(text) as WatchState;
    followedOf(state);
    if (state.v === 1 && Array.isArray(state.claims) && Array.isArray(state.logKeys)) return state;
  } catch {
    // Said below.
  }
  throw new CliError(`${path} is damaged. It may be evidence: move it away to begin anew.`, 2);
}

export function writeState(path: string, state: WatchState): void {
  writePrivateFile(path, `${JSON.stringify(state, null, 1)}\n`);
}

/** The log as it was at the last look. */
export function followedOf({ checkpoint, edge }: WatchState): Followed | undefined {
  if (checkpoint === null) return undefined;
  const head = parseCheckpointText(parseNote(checkpoint).text);
  return { note: checkpoint, head, edge: edgeOf(head, edge) };
}

function edgeOf({ size, root }: TreeHead, texts: readonly string[]): TreeEdge {
  const edge = { size, tiles: texts.map((text) => Buffer.from(text, 'base64')) };
  const isWhole = edge.tiles.every(({ length }) => length % hashBytes === 0);
  if (isWhole && edgeRoot(edge).equals(root)) return edge;
  throw new Error('The edge is not that of the checkpoint.');
}

export function edgeTexts({ tiles }: TreeEdge): string[] {
  return tiles.map((tile) => Buffer.from(tile).toString('base64'));
}
