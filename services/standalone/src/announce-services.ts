import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { urlVariable } from './names.ts';

/** Whom `artdag-admin` calls. */
const called = ['auth', 'identity', 'asset-registry', 'federation', 'l1-bridge'] as const;

/**
 * Writes the addresses of these, whose ports are others at every start, to `run/<service>.url` in the data folder (0600), where `artdag-admin` looks
 * for them.
 *
 * @returns what takes it away again
 */
export function announceServices(dataFolder: string, env: NodeJS.ProcessEnv): () => Promise<void> {
  const folder = join(dataFolder, 'run');
  const files = called.map((name) => ({ file: join(folder, `${name}.url`), url: env[urlVariable(name)] ?? '' }));
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (const { file, url } of files) writeFileSync(file, `${url}\n`, { mode: 0o600 });
  return async () => {
    for (const { file } of files) rmSync(file, { force: true });
  };
}
