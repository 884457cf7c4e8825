import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** A file of the standalone suite's data folder, trimmed; undefined when there is none that we may read. */
export function readFromDataFolder(env: NodeJS.ProcessEnv, ...path: string[]): string | undefined {
  const folder = (env['ARTDAG_DATA'] || '~/.artdag/l2').replace(/^~(?=\/|$)/, homedir());
  try {
    return readFileSync(join(folder, ...path), 'utf8').trim() || undefined;
  } catch {
    return undefined;
  }
}
