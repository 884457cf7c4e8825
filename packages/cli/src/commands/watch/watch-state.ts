import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { artdagFolder } from '../../client-config.ts';
import { CliError } from '../../cli-error.ts';
import type { Watched } from './watched-log.ts';

/** What is remembered between two looks. */
export interface WatchState {
  server: string;
  /** URL of the actor. */
  actor: string;
  /** Log keys (vkey) that were trusted when it began. */
  logKeys: string[];
  watched: Watched;
  /** When watching began, ms since 1970: what is older is taken as it is. */
  since: number;
  /** The newest claims that were found in the log, by URL. */
  known: string[];
  /** Claims that were shown before the log had them: by URL, when that was noticed (ms since 1970). */
  awaited: Record<string, number>;
}

interface Stored extends Omit<WatchState, 'watched'> {
  version: 1;
  size: number;
  /** Base64. */
  tiles: string[];
}

export function statePath(env: NodeJS.ProcessEnv, server: string, actor: string): string {
  const name = createHash('sha256').update(`${server} ${actor}`).digest('hex').slice(0, 32);
  return join(artdagFolder(env), 'watch', `${name}.json`);
}

/** Undefined when the actor was not watched before. @throws CliError for a damaged file: it is evidence, so nothing writes over it */
export function readState(path: string): WatchState | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
  try {
    const { version, size, tiles, ...rest } = JSON.parse(text) as Stored;
    if (version !== 1) throw new Error('another version');
    return { ...rest, watched: { size, tiles: tiles.map((tile) => Buffer.from(tile, 'base64')) } };
  } catch {
    throw new CliError(`${path} is damaged. Move it away to begin anew.`);
  }
}

/** Whole or not at all, and for its owner alone. */
export function writeState(path: string, { watched, ...rest }: WatchState): void {
  const stored: Stored = {
    ...{ version: 1, ...rest, size: watched.size },
    tiles: watched.tiles.map((tile) => Buffer.from(tile).toString('base64')),
  };
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(stored)}\n`, { mode: 0o600 });
  renameSync(draft, path);
}
