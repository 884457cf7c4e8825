/** What every script needs to know of the repository, with nothing but Node's own modules: it must run before `npm ci` has. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { delimiter, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** Node 24 as installed from the npm package `node`. */
export const node24 = join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');

export const bin = (name) => join(root, 'node_modules', '.bin', name);

/** The environment of every child: Node 24 first on the path, no telemetry. */
export const childEnv = (extra = {}) => ({
  ...process.env,
  PATH: `${dirname(node24)}${delimiter}${join(root, 'node_modules', '.bin')}${delimiter}${process.env.PATH ?? ''}`,
  TURBO_TELEMETRY_DISABLED: '1',
  DO_NOT_TRACK: '1',
  ...extra,
});

export const readJson = (path) => JSON.parse(readFileSync(path, 'utf8'));

const skipped = new Set(['node_modules', 'dist', 'generated', '.turbo', 'coverage']);

function* filesBelow(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (skipped.has(entry.name)) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesBelow(path);
    else if (entry.isFile()) yield path;
  }
}

/** The client's archive brings its README and licence along. */
const isBuildInput = (path) =>
  (/\.(ts|mjs|json|prisma|sql|css|html)$/.test(path) && !path.endsWith('.test.ts')) ||
  /\bcli[\\/](README\.md|LICENSE)$/.test(path);

/** A digest over everything that the build reads; the same digest means that `dist` is current. */
export function buildDigest() {
  const hash = createHash('sha256');
  const folders = ['packages', 'services'].map((name) => join(root, name));
  const paths = [...folders.flatMap((folder) => [...filesBelow(folder)]).filter(isBuildInput)];
  paths.push(join(root, 'tsconfig.base.json'), join(root, 'turbo.json'), join(root, 'package-lock.json'));
  for (const path of paths.sort())
    hash
      .update(`${relative(root, path)}\0`)
      .update(readFileSync(path))
      .update('\0');
  return hash.digest('hex');
}

/** Workspaces that the build leaves a `dist` in. */
export function builtWorkspaces() {
  return ['packages', 'services'].flatMap((group) =>
    readdirSync(join(root, group))
      .map((name) => join(root, group, name))
      .filter((path) => existsSync(join(path, 'tsconfig.json')) && statSync(path).isDirectory()),
  );
}
