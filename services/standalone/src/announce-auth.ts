import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Writes auth's address, whose port is another one at every start, to `run/auth.url` in the data folder (0600), where `artdag-admin`
 * looks for it.
 *
 * @returns what takes it away again
 */
export function announceAuth(dataFolder: string, env: NodeJS.ProcessEnv): () => Promise<void> {
  const folder = join(dataFolder, 'run');
  const file = join(folder, 'auth.url');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(file, `${env['AUTH_URL'] ?? ''}\n`, { mode: 0o600 });
  return () => Promise.resolve(rmSync(file, { force: true }));
}
