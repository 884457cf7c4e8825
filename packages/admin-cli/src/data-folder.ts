import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** `--data-dir`, else ARTDAG_DATA, else its default; a leading `~` is the home folder. */
export function dataFolderOf(env: NodeJS.ProcessEnv, given?: string): string {
  return (given || env['ARTDAG_DATA'] || '~/.artdag/l2').replace(/^~(?=\/|$)/, homedir());
}

/** A file of the standalone suite's data folder, trimmed; undefined when there is none that we may read. */
export function readFromDataFolder(env: NodeJS.ProcessEnv, ...path: string[]): string | undefined {
  try {
    return readFileSync(join(dataFolderOf(env), ...path), 'utf8').trim() || undefined;
  } catch {
    return undefined;
  }
}
