import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';

export interface Node {
  version: string;
  path: string;
}

/** The Node that runs this, and each other version that is on the PATH, such as the system's. */
export function nodesHere(env: NodeJS.ProcessEnv = process.env): Node[] {
  const folders = (env['PATH'] ?? '').split(':').filter((folder) => folder !== '');
  const found = new Map<string, Node>();
  for (const path of [process.execPath, ...folders.map((folder) => join(folder, 'node'))]) {
    const version = String(spawnSync(path, ['--version'], { env: {} }).stdout ?? '').trim();
    if (/^v\d/.test(version) && !found.has(version)) found.set(version, { version, path });
  }
  return [...found.values()];
}

/**
 * Node 20, the oldest that the client runs on: this machine's, or else npm's. It is no dependency of ours, as its command would take the
 * place of Node 24 in `node_modules/.bin`.
 *
 * @param folder where npm may put it
 */
export function node20(folder: string): Node {
  const here = nodesHere().find(({ version }) => version.startsWith('v20.'));
  if (here) return here;
  const version = '20.20.2';
  const name = `node-${process.platform}-${process.arch}`;
  execFileSync('npm', ['install', '--no-save', '--ignore-scripts', '--prefix', folder, `${name}@${version}`]);
  return { version: `v${version}`, path: join(folder, 'node_modules', name, 'bin', 'node') };
}
