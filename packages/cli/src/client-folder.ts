import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { posix, win32 } from 'node:path';

/**
 * Where this platform keeps what a program remembers for its user: `$XDG_CONFIG_HOME/artdag` or `~/.config/artdag`,
 * `~/Library/Application Support/artdag` on macOS, `%APPDATA%\artdag` on Windows.
 */
export function platformFolder(env: NodeJS.ProcessEnv, platform: NodeJS.Platform = process.platform): string {
  const home = env['HOME'] || homedir();
  if (platform === 'win32') return win32.join(env['APPDATA'] || win32.join(home, 'AppData', 'Roaming'), 'artdag');
  if (platform === 'darwin') return posix.join(home, 'Library', 'Application Support', 'artdag');
  const { XDG_CONFIG_HOME: named = '' } = env;
  // A relative one is to be ignored (XDG Base Directory Specification).
  return posix.join(posix.isAbsolute(named) ? named : posix.join(home, '.config'), 'artdag');
}

/** Where a file or folder of the client's is: in `~/.artdag` when it is there already, else in the platform's folder. */
export function clientPath(env: NodeJS.ProcessEnv, name: string): string {
  const { join } = process.platform === 'win32' ? win32 : posix;
  const older = join(env['HOME'] || homedir(), '.artdag', name);
  return existsSync(older) ? older : join(platformFolder(env), name);
}
